// The trash: what was deleted is listed, comes back, and is gone for good when the trash is emptied.
import { answer, api, assert, byName, core, names, refused, scene, step, tableOf } from './kit.mjs';

const { space, base } = await scene('Trash');
const { table, field, records } = await tableOf(
  base,
  'Things',
  [
    { name: 'Name', type: 'singleLineText' },
    { name: 'Price', type: 'number' },
  ],
  [{ Name: 'a', Price: 1 }, { Name: 'b' }, { Name: 'c' }],
);
const { ResourceType } = api;
const items = async (resourceId, resourceType) =>
  answer(await api.getTrashItems({ resourceId, resourceType }), 200, api.trashVoSchema);
const restore = async (id) => answer(await api.restoreTrash(id), 201);

await step('records, a field and a view lie in the trash of their table and come back', async () => {
  const view = answer(await api.createView(table.id, { name: 'Second', type: core.ViewType.Grid }), 201, core.viewVoSchema);
  answer(await api.deleteRecords(table.id, [records[0].id, records[1].id]), 200);
  answer(await api.deleteField(table.id, field.Price), 200);
  answer(await api.deleteView(table.id, view.id), 200);
  const trash = await items(table.id, ResourceType.Table);
  assert.deepEqual(trash.trashItems.map((item) => item.resourceType), ['view', 'field', 'record']);
  const [ofView, ofField, ofRecords] = trash.trashItems;
  assert.deepEqual([...ofRecords.resourceIds].sort(), [records[0].id, records[1].id].sort());
  assert.equal(trash.resourceMap[records[0].id].name, 'a');
  assert.equal(trash.resourceMap[field.Price].name, 'Price');
  assert.equal(trash.resourceMap[view.id].name, 'Second');
  assert.equal(trash.userMap[ofView.deletedBy].id, ofView.deletedBy);
  await restore(ofField.id);
  await restore(ofRecords.id);
  await restore(ofView.id);
  const list = answer(await api.getRecords(table.id, byName), 200, api.recordsVoSchema);
  assert.deepEqual(names(list.records).sort(), ['a', 'b', 'c']);
  assert.equal(list.records.find((record) => record.id === records[0].id).fields.Price, 1);
  assert.equal(answer(await api.getView(table.id, view.id), 200, core.viewVoSchema).name, 'Second');
  assert.deepEqual((await items(table.id, ResourceType.Table)).trashItems, []);
  await refused(api.restoreTrash(ofView.id), 404, 'not_found');
});

await step('the trash of a table is emptied', async () => {
  answer(await api.deleteRecord(table.id, records[2].id), 200);
  const [item] = (await items(table.id, ResourceType.Table)).trashItems;
  answer(await api.resetTrashItems({ resourceId: table.id, resourceType: ResourceType.Table }), 200);
  assert.deepEqual((await items(table.id, ResourceType.Table)).trashItems, []);
  await refused(api.restoreTrash(item.id), 404, 'not_found');
});

await step('a table lies in the trash of its base and comes back', async () => {
  answer(await api.deleteTable(base.id, table.id), 200);
  const trash = await items(base.id, ResourceType.Base);
  assert.deepEqual(trash.trashItems.map((item) => [item.resourceType, item.resourceId]), [['table', table.id]]);
  assert.equal(trash.resourceMap[table.id].name, 'Things');
  await restore(trash.trashItems[0].id);
  const list = answer(await api.getRecords(table.id, byName), 200, api.recordsVoSchema);
  assert.deepEqual(names(list.records).sort(), ['a', 'b']);
  answer(await api.permanentDeleteTable(base.id, table.id), 200);
  await refused(api.getRecords(table.id, {}), 404, 'not_found');
  answer(await api.resetTrashItems({ resourceId: base.id, resourceType: ResourceType.Base }), 200);
  assert.deepEqual((await items(base.id, ResourceType.Base)).trashItems, []);
});

await step('bases and spaces lie in the trash and come back', async () => {
  const listed = async (resourceType, id) => {
    const trash = answer(await api.getTrash({ resourceType }), 200, api.trashVoSchema);
    const item = trash.trashItems.find((each) => each.resourceId === id);
    assert.equal(item.resourceType, resourceType);
    assert.equal(trash.resourceMap[id].name, 'Trash');
    return item;
  };
  answer(await api.deleteBase(base.id), 200);
  await restore((await listed(ResourceType.Base, base.id)).id);
  assert.equal(answer(await api.getBaseById(base.id), 200, api.getBaseItemSchema).name, 'Trash');
  answer(await api.deleteSpace(space.id), 200);
  await refused(api.getBaseById(base.id), 404, 'not_found');
  await restore((await listed(ResourceType.Space, space.id)).id);
  assert.equal(answer(await api.getSpaceById(space.id), 200, api.getSpaceVoSchema).name, 'Trash');
  answer(await api.getBaseById(base.id), 200, api.getBaseItemSchema);
  answer(await api.deleteSpace(space.id), 200);
});
