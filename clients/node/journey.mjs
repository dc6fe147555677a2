// A day in the life of the published npm packages `@teable/openapi` and `@teable/core`, unmodified:
// every call goes through a function of the package, every answer is checked with its Zod schema and
// with assertions on what was stored. BASE_URL ends in `/api`; TOKEN is a token with full access.
import { BASE_URL, answer, api, assert, byName, core, finish, names, refused, step, where } from './kit.mjs';

let space;
let base;
let table;
let people;
let view;
let records = [];
const field = {};

// Spaces and bases.

await step('create a space', async () => {
  space = answer(await api.createSpace({ name: 'Journey' }), 201, api.createSpaceVoSchema);
  assert.equal(space.name, 'Journey');
  assert.match(space.id, /^spc/);
});

await step('list and get spaces', async () => {
  const spaces = answer(await api.getSpaceList(), 200, api.getSpaceVoSchema.array());
  assert.ok(spaces.some((one) => one.id === space.id && one.name === 'Journey'));
  const one = answer(await api.getSpaceById(space.id), 200, api.getSpaceVoSchema);
  assert.equal(one.role, 'owner');
});

await step('rename the space', async () => {
  const renamed = answer(
    await api.updateSpace({ spaceId: space.id, updateSpaceRo: { name: 'Journey 2' } }),
    200,
    api.updateSpaceVoSchema,
  );
  assert.equal(renamed.name, 'Journey 2');
});

await step('create a base', async () => {
  base = answer(await api.createBase({ spaceId: space.id, name: 'Sales' }), 201, api.createBaseVoSchema);
  assert.equal(base.spaceId, space.id);
});

await step('get, list and rename the base', async () => {
  const one = answer(await api.getBaseById(base.id), 200, api.getBaseVoSchema ?? api.getBaseItemSchema);
  assert.equal(one.name, 'Sales');
  const all = answer(await api.getBaseAll(), 200, api.getBaseItemSchema.array());
  assert.ok(all.some((each) => each.id === base.id));
  const ofSpace = answer(await api.getBaseList({ spaceId: space.id }), 200, api.getBaseItemSchema.array());
  assert.deepEqual(ofSpace.map((each) => each.id), [base.id]);
  const renamed = answer(
    await api.updateBase({ baseId: base.id, updateBaseRo: { name: 'Sales EU' } }),
    200,
    api.updateBaseVoSchema,
  );
  assert.equal(renamed.name, 'Sales EU');
});

// Tables and fields.

const day = { date: 'YYYY-MM-DD', time: 'None', timeZone: 'utc' };

await step('create a table with fields of many kinds and two records', async () => {
  table = answer(
    await api.createTable(base.id, {
      name: 'Companies',
      description: 'Who we sell to',
      icon: '🏢',
      fieldKeyType: core.FieldKeyType.Name,
      fields: [
        { name: 'Name', type: 'singleLineText' },
        { name: 'Notes', type: 'longText' },
        { name: 'Revenue', type: 'number', options: { formatting: { type: 'decimal', precision: 2 } } },
        { name: 'Stars', type: 'rating', options: { icon: 'star', color: 'yellowBright', max: 5 } },
        {
          name: 'Status',
          type: 'singleSelect',
          options: { choices: [{ name: 'Lead', color: 'blueLight2' }, { name: 'Active' }, { name: 'Closed' }] },
        },
        { name: 'Tags', type: 'multipleSelect', options: { choices: [{ name: 'red' }, { name: 'green' }] } },
        { name: 'Paid', type: 'checkbox' },
        { name: 'Since', type: 'date', options: { formatting: day } },
        { name: 'No', type: 'autoNumber' },
        { name: 'Created', type: 'createdTime', options: { formatting: day } },
      ],
      records: [
        { fields: { Name: 'Acme Corp', Status: 'Active', Revenue: 50000, Paid: true, Tags: ['red', 'green'] } },
        { fields: { Name: 'Bolt Ltd', Status: 'Lead', Revenue: -2.5, Since: '2025-03-15T00:00:00.000Z', Stars: 4 } },
      ],
    }),
    201,
    api.tableFullVoSchema,
  );
  assert.equal(table.name, 'Companies');
  assert.equal(table.fields.length, 10);
  assert.equal(table.fields[0].isPrimary, true);
  assert.deepEqual(names(table.records), ['Acme Corp', 'Bolt Ltd']);
  assert.equal(table.defaultViewId, table.views[0].id);
  for (const each of table.fields) field[each.name] = each.id;
  records = table.records;
});

await step('list, get and rename tables', async () => {
  const list = answer(await api.getTableList(base.id), 200, api.tableListVoSchema);
  assert.deepEqual(list.map((each) => each.id), [table.id]);
  const one = answer(await api.getTableById(base.id, table.id), 200, api.tableVoSchema);
  assert.equal(one.description, 'Who we sell to');
  answer(await api.updateTableName(base.id, table.id, { name: 'Clients' }), 200);
  answer(await api.updateTableDescription(base.id, table.id, { description: 'All of them' }), 200);
  answer(await api.updateTableIcon(base.id, table.id, { icon: '🚀' }), 200);
  const after = answer(await api.getTableById(base.id, table.id), 200, api.tableVoSchema);
  assert.deepEqual([after.name, after.description, after.icon], ['Clients', 'All of them', '🚀']);
  const first = answer(await api.getDefaultViewId(base.id, table.id), 200, api.getDefaultViewIdVoSchema);
  assert.equal(first.id, table.defaultViewId);
});

await step('a table made from nothing has three fields and three empty records', async () => {
  people = answer(await api.createTable(base.id), 201, api.tableFullVoSchema);
  assert.deepEqual(people.fields.map((each) => each.type), ['singleLineText', 'number', 'singleSelect']);
  assert.equal(people.records.length, 3);
  assert.deepEqual(people.records[0].fields, {});
});

await step('list and get fields', async () => {
  const list = answer(await api.getFields(table.id), 200, core.fieldVoSchema.array());
  assert.deepEqual(list.map((each) => each.name).slice(0, 3), ['Name', 'Notes', 'Revenue']);
  const one = answer(await api.getField(table.id, field.Status), 200, core.fieldVoSchema);
  assert.deepEqual(one.options.choices.map((choice) => choice.name), ['Lead', 'Active', 'Closed']);
  assert.match(one.options.choices[0].id, /^cho/);
});

await step('create fields: link, formula, user', async () => {
  const link = answer(
    await api.createField(table.id, {
      name: 'Contact',
      type: 'link',
      options: { relationship: 'manyOne', foreignTableId: people.id },
    }),
    201,
    core.fieldVoSchema,
  );
  field.Contact = link.id;
  assert.match(link.options.symmetricFieldId, /^fld/);
  const formula = answer(
    await api.createField(table.id, {
      name: 'Double',
      type: 'formula',
      options: { expression: `{${field.Revenue}} * 2` },
    }),
    201,
    core.fieldVoSchema,
  );
  field.Double = formula.id;
  assert.equal(formula.isComputed, true);
  // Its language is not evaluated yet, so the type of its value is not known.
  const owner = answer(await api.createField(table.id, { name: 'Owner', type: 'user' }), 201, core.fieldVoSchema);
  field.Owner = owner.id;
});

await step('rename, convert, duplicate and delete fields', async () => {
  const code = answer(await api.createField(table.id, { name: 'Code', type: 'singleLineText' }), 201, core.fieldVoSchema);
  answer(await api.updateField(table.id, code.id, { name: 'Codes', description: 'Internal' }), 200);
  const renamed = answer(await api.getField(table.id, code.id), 200, core.fieldVoSchema);
  assert.deepEqual([renamed.name, renamed.description], ['Codes', 'Internal']);
  await api.updateRecord(table.id, records[0].id, { ...byName, record: { fields: { Codes: '17' } } });
  const converted = answer(
    await api.convertField(table.id, code.id, {
      name: 'Codes',
      type: 'number',
      options: { formatting: { type: 'decimal', precision: 0 } },
    }),
    200,
    core.fieldVoSchema,
  );
  assert.deepEqual([converted.id, converted.type, converted.cellValueType], [code.id, 'number', 'number']);
  const record = answer(await api.getRecord(table.id, records[0].id, byName), 200, core.recordSchema);
  assert.equal(record.fields.Codes, 17);
  const copy = answer(await api.duplicateField(table.id, code.id, { name: 'Codes copy' }), 201, core.fieldVoSchema);
  assert.equal(copy.type, 'number');
  answer(await api.deleteField(table.id, code.id), 200);
  answer(await api.deleteFields(table.id, [copy.id]), 200);
  await refused(api.getField(table.id, code.id), 404, 'not_found');
  const left = answer(await api.getFields(table.id), 200, core.fieldVoSchema.array());
  assert.ok(!left.some((each) => each.id === code.id || each.id === copy.id));
});

// Records.

await step('create records by name and by id', async () => {
  const made = answer(
    await api.createRecords(table.id, {
      ...byName,
      records: [
        { fields: { Name: 'Cargo & Söhne', Status: 'Closed', Revenue: 0, Notes: 'two\nlines' } },
        { fields: { Name: 'Delta 100%', Status: 'Lead', Revenue: 25000, Tags: ['green'] } },
      ],
    }),
    201,
    api.createRecordsVoSchema,
  );
  assert.deepEqual(names(made.records), ['Cargo & Söhne', 'Delta 100%']);
  assert.equal(made.records[0].fields.Revenue, 0);
  assert.equal(made.records[0].fields.Notes, 'two\nlines');
  assert.equal(made.records[0].lastModifiedTime, undefined);
  const byId = answer(
    await api.createRecords(table.id, {
      fieldKeyType: core.FieldKeyType.Id,
      typecast: true,
      records: [{ fields: { [field.Name]: 'Echo', [field.Revenue]: '$1,234.50', [field.Status]: 'Won' } }],
    }),
    201,
    api.createRecordsVoSchema,
  );
  assert.equal(byId.records[0].fields[field.Revenue], 1234.5);
  assert.equal(byId.records[0].fields[field.Status], 'Won');
  records = [...records, ...made.records, ...byId.records];
});

await step('refused writes store nothing', async () => {
  await refused(
    api.createRecords(table.id, {
      ...byName,
      records: [{ fields: { Name: 'Good' } }, { fields: { Revenue: 'not a number' } }],
    }),
    400,
    'validation_error',
  );
  await refused(
    api.createRecords(table.id, { ...byName, records: [{ fields: { Nonsense: 1 } }] }),
    404,
    'not_found',
    /Nonsense/,
  );
  const list = answer(await api.getRecords(table.id, byName), 200, api.recordsVoSchema);
  assert.equal(list.records.length, 5);
});

await step('list with take, skip, filter, orderBy, projection and search', async () => {
  const list = async (query) =>
    answer(await api.getRecords(table.id, { ...byName, ...query }), 200, api.recordsVoSchema).records;
  assert.deepEqual(names(await list({ take: 2, skip: 1 })), ['Bolt Ltd', 'Cargo & Söhne']);
  assert.deepEqual(names(await list({ filter: where('Status', 'is', 'Lead') })), ['Bolt Ltd', 'Delta 100%']);
  assert.deepEqual(names(await list({ filter: where(field.Name, 'contains', '& SÖ') })), ['Cargo & Söhne']);
  assert.deepEqual(names(await list({ filter: where(field.Name, 'contains', '0%') })), ['Delta 100%']);
  assert.deepEqual(names(await list({ filter: where(field.Revenue, 'isLessEqual', 0) })), ['Bolt Ltd', 'Cargo & Söhne']);
  assert.deepEqual(names(await list({ filter: where(field.Tags, 'hasAllOf', ['green', 'red']) })), ['Acme Corp']);
  assert.deepEqual(names(await list({ filter: where(field.Paid, 'is', true) })), ['Acme Corp']);
  const at = { mode: 'exactDate', exactDate: '2025-03-15T12:00:00.000Z', timeZone: 'utc' };
  assert.deepEqual(names(await list({ filter: where(field.Since, 'is', at) })), ['Bolt Ltd']);
  const either = {
    conjunction: 'or',
    filterSet: [
      { fieldId: field.Status, operator: 'isAnyOf', value: ['Won'] },
      { conjunction: 'and', filterSet: [{ fieldId: field.Stars, operator: 'isGreater', value: 3 }] },
    ],
  };
  assert.deepEqual(names(await list({ filter: either })), ['Bolt Ltd', 'Echo']);
  assert.deepEqual(
    names(await list({ orderBy: [{ fieldId: field.Status, order: 'asc' }, { fieldId: field.Revenue, order: 'desc' }] })),
    ['Delta 100%', 'Bolt Ltd', 'Acme Corp', 'Cargo & Söhne', 'Echo'],
  );
  assert.deepEqual((await list({ projection: ['Revenue'], take: 1 }))[0].fields, { Revenue: 50000 });
  assert.deepEqual((await list({ projection: ['Name', 'Status'], take: 1 }))[0].fields, {
    Name: 'Acme Corp',
    Status: 'Active',
  });
  assert.deepEqual(names(await list({ search: ['BOLT', '', true] })), ['Bolt Ltd']);
  assert.deepEqual(names(await list({ search: ['active', `${field.Name},${field.Status}`, true] })), ['Acme Corp']);
  assert.equal((await list({ cellFormat: core.CellFormat.Text, take: 1 }))[0].fields.Revenue, '50000.00');
  const count = answer(
    await api.getRowCount(table.id, { filter: where(field.Status, 'is', 'Lead') }),
    200,
    api.rowCountVoSchema,
  );
  assert.equal(count.rowCount, 2);
});

await step('bad queries are refused', async () => {
  await refused(api.getRecords(table.id, { take: 2001 }), 400, 'validation_error');
  await refused(api.getRecords(table.id, { filter: where('Nonsense', 'is', 'x') }), 400, 'validation_error');
  await refused(api.getRecords('tblMissing', {}), 404, 'not_found');
});

await step('get one record', async () => {
  const record = answer(await api.getRecord(table.id, records[0].id, byName), 200, core.recordSchema);
  assert.equal(record.name, 'Acme Corp');
  assert.equal(record.fields.Double, 100000);
  assert.equal(record.fields.No, record.autoNumber);
  const projected = answer(
    await api.getRecord(table.id, records[0].id, { ...byName, projection: ['Name'] }),
    200,
    core.recordSchema,
  );
  assert.deepEqual(projected.fields, { Name: 'Acme Corp' });
  await refused(api.getRecord(table.id, 'recMissing', byName), 404, 'not_found');
});

await step('update one record', async () => {
  const record = answer(
    await api.updateRecord(table.id, records[1].id, {
      ...byName,
      record: { fields: { Status: 'Active', Revenue: null, Contact: { id: people.records[0].id } } },
    }),
    200,
    core.recordSchema,
  );
  assert.equal(record.fields.Status, 'Active');
  assert.equal(record.fields.Revenue, undefined);
  assert.equal(record.fields.Name, 'Bolt Ltd');
  assert.equal(record.fields.Contact.id, people.records[0].id);
  assert.ok(record.lastModifiedTime >= record.createdTime);
});

await step('update many records', async () => {
  const changed = answer(
    await api.updateRecords(table.id, {
      ...byName,
      records: [
        { id: records[0].id, fields: { Status: 'Closed' } },
        { id: records[2].id, fields: { Status: 'Active' } },
      ],
    }),
    200,
    core.recordSchema.array(),
  );
  assert.deepEqual(changed.map((record) => record.fields.Status), ['Closed', 'Active']);
  assert.deepEqual(changed.map((record) => record.id), [records[0].id, records[2].id]);
});

await step('record history, of one record and of the table', async () => {
  const one = answer(await api.getRecordHistory(table.id, records[0].id, {}), 200, api.recordHistoryVoSchema);
  const [newest] = one.historyList;
  assert.equal(newest.fieldId, field.Status);
  assert.deepEqual([newest.before.data, newest.after.data], ['Active', 'Closed']);
  assert.equal(one.userMap[newest.createdBy].id, newest.createdBy);
  const all = answer(await api.getRecordListHistory(table.id, {}), 200, api.recordHistoryVoSchema);
  assert.ok(all.historyList.some((item) => item.recordId === records[2].id));
  assert.ok(!all.historyList.some((item) => item.recordId === records[3].id), 'creating a record writes no history');
});

await step('undo and redo an update', async () => {
  await api.updateRecord(table.id, records[3].id, { ...byName, record: { fields: { Revenue: 1 } } });
  assert.equal(answer(await api.undo(table.id), 201, api.undoVoSchema).status, 'fulfilled');
  const undone = await api.getRecord(table.id, records[3].id, byName);
  assert.equal(undone.data.fields.Revenue, 25000);
  assert.equal(answer(await api.redo(table.id), 201, api.redoVoSchema).status, 'fulfilled');
  const redone = await api.getRecord(table.id, records[3].id, byName);
  assert.equal(redone.data.fields.Revenue, 1);
});

await step('duplicate a record', async () => {
  const copy = answer(
    await api.duplicateRecord(table.id, records[0].id, {
      viewId: table.defaultViewId,
      anchorId: records[0].id,
      position: 'after',
    }),
    201,
    api.createRecordsVoSchema,
  );
  assert.equal(copy.records.length, 1);
  assert.notEqual(copy.records[0].id, records[0].id);
  assert.equal(copy.records[0].fields[field.Name], 'Acme Corp');
  const placed = await api.getRecords(table.id, { ...byName, viewId: table.defaultViewId });
  assert.deepEqual(names(placed.data.records).slice(0, 3), ['Acme Corp', 'Acme Corp', 'Bolt Ltd']);
  assert.equal(placed.data.records[1].id, copy.records[0].id);
  answer(await api.deleteRecord(table.id, copy.records[0].id), 200);
});

// Views.

await step('create a view; its filter, sort and hidden columns apply', async () => {
  view = answer(await api.createView(table.id, { name: 'Open', type: core.ViewType.Grid }), 201, core.viewVoSchema);
  answer(await api.updateViewFilter(table.id, view.id, { filter: where(field.Status, 'isNot', 'Closed') }), 200);
  answer(
    await api.updateViewSort(table.id, view.id, { sort: { sortObjs: [{ fieldId: field.Name, order: 'desc' }] } }),
    200,
  );
  answer(await api.updateViewColumnMeta(table.id, view.id, [{ fieldId: field.Notes, columnMeta: { hidden: true } }]), 200);
  answer(await api.updateViewName(table.id, view.id, { name: 'Still open' }), 200);
  const stored = answer(await api.getView(table.id, view.id), 200, core.viewVoSchema);
  assert.equal(stored.name, 'Still open');
  assert.deepEqual(stored.filter, where(field.Status, 'isNot', 'Closed'));
  assert.deepEqual(stored.sort.sortObjs, [{ fieldId: field.Name, order: 'desc' }]);
  assert.equal(stored.columnMeta[field.Notes].hidden, true);
  const seen = answer(await api.getRecords(table.id, { ...byName, viewId: view.id }), 200, api.recordsVoSchema);
  assert.deepEqual(names(seen.records), ['Echo', 'Delta 100%', 'Cargo & Söhne', 'Bolt Ltd']);
  assert.ok(seen.records.every((record) => !('Notes' in record.fields)));
  const both = await api.getRecords(table.id, {
    ...byName,
    viewId: view.id,
    filter: where(field.Status, 'is', 'Active'),
    orderBy: [{ fieldId: field.Name, order: 'asc' }],
  });
  assert.deepEqual(names(both.data.records), ['Bolt Ltd', 'Cargo & Söhne']);
  const ignoring = await api.getRecords(table.id, { ...byName, viewId: view.id, ignoreViewQuery: true });
  assert.equal(ignoring.data.records.length, 5);
});

await step('views of the other kinds', async () => {
  for (const [type, options] of [
    ['kanban', { stackFieldId: field.Status }],
    ['gallery', {}],
    ['calendar', { startDateFieldId: field.Since, endDateFieldId: field.Since }],
    ['form', { submitLabel: 'Send' }],
  ]) {
    const made = answer(await api.createView(table.id, { name: type, type, options }), 201, core.viewVoSchema);
    assert.equal(made.type, type);
    if (type === 'kanban') assert.equal(made.options.stackFieldId, field.Status);
    answer(await api.deleteView(table.id, made.id), 200);
  }
  const list = answer(await api.getViewList(table.id), 200, core.viewVoSchema.array());
  assert.deepEqual(list.map((each) => each.id), [table.defaultViewId, view.id]);
  await refused(api.getView(table.id, 'viwMissing'), 404, 'view_not_found');
});

await step('order of rows in a view', async () => {
  answer(
    await api.updateRecordOrders(table.id, table.defaultViewId, {
      anchorId: records[0].id,
      position: 'before',
      recordIds: [records[4].id],
    }),
    200,
  );
  const placed = await api.getRecords(table.id, { ...byName, viewId: table.defaultViewId, take: 2 });
  assert.deepEqual(names(placed.data.records), ['Echo', 'Acme Corp']);
});

// Deletion.

await step('delete one and many records, and undo', async () => {
  answer(await api.deleteRecord(table.id, records[0].id), 200);
  await refused(api.getRecord(table.id, records[0].id), 404, 'not_found');
  assert.equal(answer(await api.undo(table.id), 201, api.undoVoSchema).status, 'fulfilled');
  const restored = answer(await api.getRecord(table.id, records[0].id, byName), 200, core.recordSchema);
  assert.equal(restored.fields.Revenue, 50000);
  answer(await api.deleteRecords(table.id, [records[0].id, records[1].id]), 200);
  const left = answer(await api.getRecords(table.id, byName), 200, api.recordsVoSchema);
  assert.deepEqual(names(left.records), ['Cargo & Söhne', 'Delta 100%', 'Echo']);
  const status = answer(await api.getRecordStatus(table.id, records[0].id, {}), 200, api.recordStatusVoSchema);
  assert.deepEqual([status.isVisible, status.isDeleted], [false, true]);
});

// Tokens.

await step('a token of its own, limited to reading', async () => {
  const made = answer(
    await api.createAccessToken({
      name: 'Reader',
      scopes: ['record|read'],
      baseIds: [base.id],
      expiredTime: '2099-12-31',
    }),
    201,
  );
  assert.match(made.id, /^acc/);
  assert.ok(made.token.startsWith('teable_'));
  const listed = answer(await api.listAccessToken(), 200, api.listAccessTokenVoSchema);
  assert.ok(listed.some((each) => each.id === made.id));
  assert.ok(listed.every((each) => !('token' in each)));
  const reader = api.createAxios();
  reader.defaults.baseURL = BASE_URL;
  reader.defaults.headers.common.Authorization = `Bearer ${made.token}`;
  assert.equal((await reader.get(`/table/${table.id}/record`)).status, 200);
  await refused(reader.post(`/table/${table.id}/record`, { records: [{ fields: {} }] }), 403, 'restricted_resource');
  answer(await api.deleteAccessToken(made.id), 200);
  await refused(reader.get(`/table/${table.id}/record`), 401, 'unauthorized');
});

await step('delete tables, base and space', async () => {
  answer(await api.deleteTable(base.id, table.id), 200);
  await refused(api.getRecords(table.id, {}), 404, 'not_found');
  assert.deepEqual((await api.getTableList(base.id)).data.map((each) => each.id), [people.id]);
  answer(await api.deleteBase(base.id), 200);
  await refused(api.getBaseById(base.id), 404, 'not_found');
  answer(await api.deleteSpace(space.id), 200);
  await refused(api.getSpaceById(space.id), 404, 'not_found');
});

await import('./reading.mjs');
await import('./files.mjs');
await import('./buttons.mjs');
await import('./trash.mjs');
await import('./people.mjs');
finish();
