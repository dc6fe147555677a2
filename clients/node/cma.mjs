// DatoCMS' package of today, unmodified, at plain work with models, fields, records and files.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiError, buildClient } from '@datocms/cma-client-node';
import { finish, step } from '../steps.mjs';

const root = (process.env.BASE_URL ?? 'http://127.0.0.1:8080/api').replace(/\/(donotname\/)?api\/?$/, '');
const token = process.env.TOKEN;
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const [space] = await (await fetch(`${root}/api/space`, { headers })).json();
const made = JSON.stringify({ spaceId: space.id, name: 'Today' });
const base = await (await fetch(`${root}/api/base`, { method: 'POST', headers, body: made })).json();
// Between the prefix of Donotname and what it adds stands the key of the database.
const client = buildClient({ apiToken: token, baseUrl: `${root}/dato/${base.id.slice(3, 15)}` });
const folder = mkdtempSync(path.join(tmpdir(), 'cma-'));

const refused = (request, code) =>
  assert.rejects(request, (error) => error instanceof ApiError && Boolean(error.findError(code)));

let model, title, record;

await step('a model and its fields are made and changed', async () => {
  assert.equal((await client.site.find()).name, 'Today');
  model = await client.itemTypes.create({ name: 'Post', api_key: 'post' });
  const plain = { field_type: 'string', validators: { required: {} } };
  title = await client.fields.create(model.id, { ...plain, label: 'Title', api_key: 'title' });
  const appearance = { editor: 'markdown', parameters: { toolbar: [] }, addons: [] };
  await client.fields.create(model.id, { label: 'Body', field_type: 'text', api_key: 'body', appearance });
  assert.equal((await client.fields.update(title.id, { label: 'Heading' })).label, 'Heading');
  assert.deepEqual((await client.fields.list(model.id)).map((field) => field.label), ['Heading', 'Body']);
  await refused(client.itemTypes.create({ name: 'Again', api_key: 'post' }), 'INVALID_FIELD');
});

await step('records are made, changed, listed and refused by their fields', async () => {
  const item_type = { type: 'item_type', id: model.id };
  record = await client.items.create({ item_type, title: 'First', body: 'text' });
  assert.equal((await client.items.update(record.id, { title: 'Changed' })).title, 'Changed');
  assert.equal((await client.items.find(record.id)).body, 'text');
  for (let n = 0; n < 40; n += 1) await client.items.create({ item_type, title: `n${n}` });
  let count = 0;
  for await (const one of client.items.listPagedIterator({ filter: { type: 'post' } })) count += one.title ? 1 : 0;
  assert.equal(count, 41);
  await refused(client.items.create({ item_type, title: '' }), 'INVALID_FIELD');
  await refused(client.items.find('4294967999'), 'NOT_FOUND');
});

await step('a file is sent and kept', async () => {
  const localPath = path.join(folder, 'a.txt');
  writeFileSync(localPath, 'hello');
  const upload = await client.uploads.createFromLocalFile({ localPath, filename: 'a.txt' });
  const answer = await fetch(`${root}/dato/assets${upload.path}`);
  assert.equal(await answer.text(), 'hello');
});

await step('what is deleted is told and gone', async () => {
  assert.equal((await client.items.destroy(record.id)).id, record.id);
  await refused(client.items.find(record.id), 'NOT_FOUND');
  assert.equal((await client.itemTypes.destroy(model.id)).api_key, 'post');
});

rmSync(folder, { recursive: true });
finish();
