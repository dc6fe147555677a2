// Files: sent to a cell in one request or by a signature, read without a header, and CSV in and out.
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, api, assert, byName, check, core, names, refused, scene, step, tableOf } from './kit.mjs';

const { base, leave } = await scene('Files');
const { table, field, records } = await tableOf(
  base,
  'Documents',
  [
    { name: 'Name', type: 'singleLineText' },
    { name: 'Files', type: 'attachment' },
  ],
  [{ Name: 'one' }, { Name: 'two' }],
);
const [one, two] = records.map((record) => record.id);
const cell = core.attachmentCellValueSchema;
// A picture of one pixel.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let uploaded;

await step('a stream is uploaded to a cell, and read without a header', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'journey-'));
  try {
    await writeFile(join(folder, 'größe 1.txt'), 'hello');
    const file = createReadStream(join(folder, 'größe 1.txt'));
    const record = answer(await api.uploadAttachment(table.id, one, field.Files, file), 201, core.recordSchema);
    const [item, ...others] = check(cell, record.fields[field.Files]);
    assert.deepEqual([item.name, item.size, item.mimetype, others.length], ['größe 1.txt', 5, 'text/plain', 0]);
    const read = await fetch(item.presignedUrl);
    assert.deepEqual([read.status, await read.text()], [200, 'hello']);
    assert.equal((await fetch(item.presignedUrl, { headers: { range: 'bytes=1-3' } })).status, 206);
  } finally {
    await rm(folder, { recursive: true });
  }
});

await step('a buffer, which the package sends without a name, is uploaded to a cell', async () => {
  const record = answer(await api.uploadAttachment(table.id, one, field.Files, picture), 201, core.recordSchema);
  const items = check(cell, record.fields[field.Files]);
  assert.equal(items.length, 2);
  assert.deepEqual([items[1].size, items[1].mimetype, items[1].width, items[1].height], [picture.length, 'image/png', 1, 1]);
  const small = await fetch(items[1].smThumbnailUrl);
  assert.equal(small.status, 200);
  assert.match(small.headers.get('content-type'), /^image\//);
});

await step('a file is announced, sent by its token and told of', async () => {
  const bytes = Buffer.from('a,b\n1,2\n');
  const signed = answer(
    await api.getSignature({ contentType: 'text/csv', contentLength: bytes.length, type: api.UploadType.Table, baseId: base.id }),
    201,
    api.signatureVoSchema,
  );
  answer(await api.uploadFile(signed.token, bytes, signed.requestHeaders), 200);
  uploaded = answer(await api.notify(signed.token, undefined, 'rows.csv'), 201, api.notifyVoSchema);
  assert.deepEqual([uploaded.size, uploaded.mimetype], [8, 'text/csv']);
  assert.equal(await (await fetch(uploaded.presignedUrl)).text(), 'a,b\n1,2\n');
});

await step('a file is sent to its signed address without a header', async () => {
  const signed = answer(await api.getSignature({ contentType: 'text/plain', contentLength: 3, type: 1 }), 201, api.signatureVoSchema);
  const address = new URL(signed.url);
  const sent = await fetch(address, { method: signed.uploadMethod, headers: { 'content-type': 'text/plain' }, body: 'abc' });
  assert.equal(sent.status, 200);
  assert.equal(answer(await api.notify(signed.token), 201, api.notifyVoSchema).size, 3);
});

await step('uploads and known attachments are written to cells', async () => {
  const write = async (record, items) =>
    answer(await api.updateRecord(table.id, record, { ...byName, record: { fields: { Files: items } } }), 200, core.recordSchema);
  const first = await write(two, [{ name: 'rows.csv', token: uploaded.token }]);
  const [kept] = check(cell, first.fields.Files);
  assert.deepEqual([kept.name, kept.size, kept.mimetype], ['rows.csv', 8, 'text/csv']);
  const before = answer(await api.getRecord(table.id, one, byName), 200, core.recordSchema).fields.Files;
  const both = await write(two, [...before, kept]);
  assert.deepEqual(check(cell, both.fields.Files).map((item) => item.token), [...before, kept].map((item) => item.token));
  const fewer = await write(two, [kept]);
  assert.equal(fewer.fields.Files.length, 1);
  await refused(
    api.updateRecord(table.id, two, { ...byName, record: { fields: { Files: [{ name: 'x', token: 'nothing' }] } } }),
    400,
    'validation_error',
  );
});

await step('the history of a cell with files', async () => {
  const history = answer(await api.getRecordHistory(table.id, two, {}), 200, api.recordHistoryVoSchema).historyList;
  assert.equal(history.length, 3);
  assert.equal(check(cell, history[0].before.data).length, 3);
  assert.deepEqual(check(cell, history[0].after.data).map((item) => item.name), ['rows.csv']);
  assert.equal(history[2].before.data, null);
});

await step('what is not a file is refused', async () => {
  await refused(api.uploadAttachment(table.id, one, field.Name, picture), 400, 'validation_error');
  await refused(api.uploadAttachment(table.id, one, field.Files), 400, 'validation_error');
  await refused(api.uploadAttachment(table.id, one, field.Files, 'http://127.0.0.1:1/private'), 400, 'validation_error');
  await refused(api.uploadFile('A'.repeat(32), picture, {}), 404, 'not_found');
});

// CSV. The packages name the file by an address; here its text stands in the body.

const rows = 'Name,Price,Due\n"a, b",1234.50,2024-01-10\n=c,2,\n';
const columns = [
  { type: 'singleLineText', name: 'Name', sourceColumnIndex: 0 },
  { type: 'number', name: 'Price', sourceColumnIndex: 1 },
  { type: 'date', name: 'Due', sourceColumnIndex: 2 },
];

await step('a file becomes a table, more rows come in, and a view goes out as CSV', async () => {
  const made = answer(
    await api.importTableFromFile(base.id, {
      fileType: api.SUPPORTEDTYPE.CSV,
      csv: rows,
      worksheets: { 'Import Table': { name: 'Prices', columns, useFirstRowAsHeader: true, importData: true } },
      notification: false,
      tz: 'utc',
    }),
    201,
    api.tableVoSchema.array(),
  );
  assert.equal(made[0].name, 'Prices');
  const fields = answer(await api.getFields(made[0].id), 200, core.fieldVoSchema.array());
  assert.deepEqual(fields.map((each) => each.type), ['singleLineText', 'number', 'date']);
  answer(
    await api.inplaceImportTableFromFile(base.id, made[0].id, {
      fileType: api.SUPPORTEDTYPE.CSV,
      csv: 'what,cost\nd,3\n',
      insertConfig: {
        sourceWorkSheetKey: 'Import Table',
        excludeFirstRow: true,
        sourceColumnMap: { [fields[0].id]: 0, [fields[1].id]: 1, [fields[2].id]: null },
      },
      notification: false,
    }),
    200,
  );
  const list = answer(await api.getRecords(made[0].id, byName), 200, api.recordsVoSchema).records;
  assert.deepEqual(names(list), ['a, b', '=c', 'd']);
  assert.deepEqual(list[0].fields, { Name: 'a, b', Price: 1234.5, Due: '2024-01-10T00:00:00.000Z' });
  const text = answer(await api.exportCsvFromTable(made[0].id, made[0].defaultViewId), 200);
  const lines = text.replace(/^\uFEFF/, '').trim().split(/\r?\n/);
  assert.equal(lines[0], 'Name,Price,Due');
  assert.ok(lines[1].startsWith('"a, b",1234.5'), lines[1]);
  assert.ok(lines[2].startsWith("'=c,"), 'what would begin a formula in a spreadsheet does not');
  assert.equal(answer(await api.exportCsvFromTable(made[0].id), 200).split('\n').length, text.split('\n').length);
});

await step('leave the files', leave);
