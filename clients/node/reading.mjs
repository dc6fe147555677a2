// Looking at a table as the package's functions do: statistics, groups, searches, calendars, orders made by hand.
import { answer, api, assert, byName, check, core, names, refused, scene, step, tableOf, where } from './kit.mjs';

const { base, leave } = await scene('Reading');
const day = { date: 'YYYY-MM-DD', time: 'None', timeZone: 'utc' };
const { table, field, records } = await tableOf(
  base,
  'Deals',
  [
    { name: 'Name', type: 'singleLineText' },
    { name: 'Price', type: 'number', options: { formatting: { type: 'decimal', precision: 2 } } },
    { name: 'Stage', type: 'singleSelect', options: { choices: [{ name: 'Lead' }, { name: 'Won' }] } },
    { name: 'Paid', type: 'checkbox' },
    { name: 'From', type: 'date', options: { formatting: day } },
    { name: 'To', type: 'date', options: { formatting: day } },
  ],
  [
    { Name: 'Acme', Price: 10, Stage: 'Won', Paid: true, From: '2025-03-01T00:00:00.000Z', To: '2025-03-02T00:00:00.000Z' },
    { Name: 'Bolt', Price: 2.5, Stage: 'Lead', From: '2025-03-02T00:00:00.000Z', To: '2025-03-02T00:00:00.000Z' },
    { Name: 'Cargo of Acme', Stage: 'Won', From: '2025-04-01T00:00:00.000Z' },
    { Name: 'Delta', Price: 7.5 },
  ],
);
const byStage = [{ fieldId: field.Stage, order: 'asc' }];
let view;

await step('statistics of columns, over everything and over groups', async () => {
  const read = async (query) => answer(await api.getAggregation(table.id, query), 200, api.aggregationVoSchema).aggregations;
  const total = (all, id, aggFunc) => all.find((one) => one.fieldId === id && one.total.aggFunc === aggFunc).total.value;
  const all = await read({
    field: { sum: [field.Price], average: [field.Price], filled: [field.Stage], checked: [field.Paid], latestDate: [field.From] },
  });
  assert.equal(total(all, field.Price, 'sum'), 20);
  assert.ok(Math.abs(total(all, field.Price, 'average') - 20 / 3) < 1e-9);
  assert.equal(total(all, field.Stage, 'filled'), 3);
  assert.equal(total(all, field.Paid, 'checked'), 1);
  assert.match(total(all, field.From, 'latestDate'), /^2025-04-01/);
  const won = await read({ field: { sum: [field.Price] }, filter: where(field.Stage, 'is', 'Won') });
  assert.equal(total(won, field.Price, 'sum'), 10);
  const grouped = await read({ field: { sum: [field.Price] }, groupBy: byStage });
  assert.deepEqual(Object.values(grouped[0].group).map((each) => each.value).sort(), [10, 2.5, 7.5]);
  await refused(api.getAggregation(table.id, { field: { sum: [field.Name] } }), 400, 'validation_error');
});

await step('statistics that a view keeps', async () => {
  view = answer(await api.createView(table.id, { name: 'Sums', type: core.ViewType.Grid }), 201, core.viewVoSchema);
  answer(await api.updateViewColumnMeta(table.id, view.id, [{ fieldId: field.Price, columnMeta: { statisticFunc: 'max' } }]), 200);
  const kept = answer(await api.getAggregation(table.id, { viewId: view.id }), 200, api.aggregationVoSchema);
  assert.deepEqual(kept.aggregations.map((one) => [one.fieldId, one.total]), [[field.Price, { value: 10, aggFunc: 'max' }]]);
});

await step('rows are counted as a list would find them', async () => {
  const count = async (query) => answer(await api.getRowCount(table.id, query), 200, api.rowCountVoSchema).rowCount;
  assert.equal(await count({}), 4);
  assert.equal(await count(undefined), 4);
  assert.equal(await count({ filter: where(field.Price, 'isGreater', 5) }), 2);
  assert.equal(await count({ search: ['acme', '', true] }), 2);
  assert.equal(await count({ selectedRecordIds: [records[0].id, records[3].id] }), 2);
  assert.equal(await count({ viewId: view.id, ignoreViewQuery: true }), 4);
});

await step('group points, and groups that are folded', async () => {
  const points = answer(await api.getGroupPoints(table.id, { groupBy: byStage }), 200, api.groupPointsVoSchema);
  const heads = points.filter((point) => point.type === api.GroupPointType.Header);
  assert.deepEqual(heads.map((head) => head.value), [null, 'Lead', 'Won']);
  const rows = points.filter((point) => point.type === api.GroupPointType.Row).map((point) => point.count);
  assert.equal(rows.reduce((sum, count) => sum + count, 0), 4);
  const won = heads.find((head) => head.value === 'Won');
  const folded = answer(
    await api.getGroupPoints(table.id, { groupBy: byStage, collapsedGroupIds: [won.id] }),
    200,
    api.groupPointsVoSchema,
  );
  assert.equal(folded.find((point) => point.id === won.id).isCollapsed, true);
  const list = answer(
    await api.getRecords(table.id, { ...byName, groupBy: byStage, collapsedGroupIds: [won.id] }),
    200,
    api.recordsVoSchema,
  );
  assert.deepEqual(names(list.records).sort(), ['Bolt', 'Delta']);
  check(api.groupPointsVoSchema, list.extra.groupPoints);
  assert.equal(answer(await api.getGroupPoints(table.id, {}), 200, api.groupPointsVoSchema), null);
  answer(await api.updateViewGroup(table.id, view.id, { group: byStage }), 200);
  const grouped = answer(await api.getView(table.id, view.id), 200, core.viewVoSchema);
  assert.deepEqual(grouped.group, byStage);
  answer(await api.updateViewGroup(table.id, view.id, { group: null }), 200);
});

await step('a search is counted and its places are told', async () => {
  const search = ['acme', '', false];
  assert.equal(answer(await api.getSearchCount(table.id, { search }), 200, api.searchCountVoSchema).count, 2);
  const found = answer(await api.getSearchIndex(table.id, { search, take: 10 }), 200, api.searchIndexVoSchema);
  assert.deepEqual(
    found.map((one) => [one.index, one.fieldId, one.recordId]),
    [[1, field.Name, records[0].id], [3, field.Name, records[2].id]],
  );
  const backwards = answer(
    await api.getSearchIndex(table.id, { search, take: 1, orderBy: [{ fieldId: field.Name, order: 'desc' }] }),
    200,
    api.searchIndexVoSchema,
  );
  assert.deepEqual(backwards.map((one) => [one.index, one.recordId]), [[2, records[2].id]]);
  const none = await api.getSearchIndex(table.id, { search: ['nowhere', '', false], take: 10 });
  check(api.searchIndexVoSchema, none.data);
  assert.ok(!none.data?.length);
  const inViews = await api.getSearchCount(table.id, { search: ['acme', field.Stage, false], viewId: view.id });
  assert.equal(answer(inViews, 200, api.searchCountVoSchema).count, 0);
});

await step('the days of a calendar', async () => {
  const page = answer(
    await api.getCalendarDailyCollection(table.id, {
      startDate: '2025-03-01T00:00:00.000Z',
      endDate: '2025-03-31T23:59:59.999Z',
      startDateFieldId: field.From,
      endDateFieldId: field.To,
    }),
    200,
    api.calendarDailyCollectionVoSchema,
  );
  assert.equal(page.countMap['2025-03-01'], 1);
  assert.equal(page.countMap['2025-03-02'], 2);
  assert.deepEqual(page.records.map((record) => record.id).sort(), [records[0].id, records[1].id].sort());
});

await step('an order that a sort gives is kept by hand', async () => {
  answer(await api.manualSortView(table.id, view.id, { sortObjs: [{ fieldId: field.Name, order: 'desc' }] }), 200);
  const sorted = answer(await api.getRecords(table.id, { ...byName, viewId: view.id }), 200, api.recordsVoSchema);
  assert.deepEqual(names(sorted.records), ['Delta', 'Cargo of Acme', 'Bolt', 'Acme']);
  answer(
    await api.updateRecordOrders(table.id, view.id, { anchorId: records[3].id, position: 'before', recordIds: [records[0].id] }),
    200,
  );
  const moved = answer(await api.getRecords(table.id, { ...byName, viewId: view.id }), 200, api.recordsVoSchema);
  assert.deepEqual(names(moved.records), ['Acme', 'Delta', 'Cargo of Acme', 'Bolt']);
  const stored = answer(await api.getView(table.id, view.id), 200, core.viewVoSchema);
  assert.equal(stored.sort.manualSort, true);
});

await step('leave what was looked at', leave);
