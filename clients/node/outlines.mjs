// Two published packages for Dynalist, unmodified: only their address leads here.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { finish, step as stepOf } from '../steps.mjs';

const require = createRequire(import.meta.url);
const request = require('request');
const root = (process.env.BASE_URL ?? 'http://127.0.0.1:8080/api').replace(/\/(donotname\/)?api\/?$/, '');
const here = `${root}/dynalist/api/v1`;
const token = process.env.TOKEN;

// One of them has its address as a literal in its calls.
const post = request.post;
request.post = (options, done) => post({ ...options, url: options.url.replace('https://dynalist.io/api/v1', here) }, done);
const { DynalistApi } = require('dynalist-api');
const Client = require('dynalist-js');
Client.prototype.apiBaseUrl = `${here}/`;

// One of them prints what it moves.
const step = (title, work) =>
  stepOf(title, async () => {
    const { log } = console;
    console.log = () => {};
    try {
      await work();
    } finally {
      console.log = log;
    }
  });

const client = new Client(token);
let folder, document, ids;

await step('dynalist-js: files are made, renamed and moved', async () => {
  const listed = await client.listFiles();
  assert.equal(listed._success, true);
  assert.equal('_msg' in listed, false);
  const top = listed.root_file_id;
  const made = await client.editFile([
    { action: 'create', type: 'folder', parent_id: top, index: 0, title: 'Journey' },
    { action: 'create', type: 'document', parent_id: top, index: 0, title: 'plan' },
  ]);
  assert.deepEqual(made.results, [true, true]);
  [folder, document] = made.created;
  const done = await client.editFile([
    { action: 'edit', type: 'document', file_id: document, title: 'Plan' },
    { action: 'move', type: 'document', file_id: document, parent_id: folder, index: 0 },
    { action: 'move', type: 'document', file_id: 'nowhere', parent_id: folder, index: 0 },
  ]);
  assert.deepEqual(done.results, [true, true, false]);
  const { files } = await client.listFiles();
  assert.deepEqual(files.find((file) => file.id === folder).children, [document]);
});

await step('dynalist-js: nodes, without indices', async () => {
  const made = await client.editDocument(document, [
    { action: 'insert', parent_id: 'root', content: 'move target' },
    { action: 'insert', parent_id: 'root', content: 'insert' },
  ]);
  ids = made.new_node_ids;
  assert.equal(ids.length, 2);
  for (const change of [
    { action: 'edit', node_id: ids[1], content: 'edited', checked: true },
    { action: 'move', node_id: ids[1], parent_id: ids[0] },
  ]) {
    assert.deepEqual((await client.editDocument(document, [change])).new_node_ids, []);
  }
  const read = await client.readDocument(document);
  const tree = client.util.buildNodeTree(read.nodes);
  assert.equal(tree.content, 'Plan');
  assert.deepEqual(tree.children.map((node) => [node.content, node.children.map((child) => child.content)]), [
    ['move target', ['edited']],
  ]);
  assert.equal('children' in read.nodes.find((node) => node.id === ids[1]), false);
  const { versions } = await client.checkForDocumentUpdates([document, 'nowhere']);
  assert.deepEqual(versions, { [document]: read.version });
});

await step('dynalist-js: refusals', async () => {
  assert.equal((await new Client('bogus').listFiles())._code, 'InvalidToken');
  assert.equal((await client.readDocument('bogus'))._code, 'NotFound');
  const nowhere = await client.editDocument(document, [{ action: 'delete', node_id: 'bogus' }]);
  assert.equal(nowhere._code, 'NodeNotFound');
});

await step('dynalist-js: the inbox', async () => {
  const body = JSON.stringify({ token, key: 'inbox_location', value: `${document}/${ids[0]}` });
  assert.equal((await (await fetch(`${here}/pref/set`, { method: 'POST', body })).json())._code, 'Ok');
  const added = await client.sendToInbox('test item', { checkbox: true, checked: false, note: 'note' });
  assert.deepEqual([added._success, added.file_id, added.index], [true, document, 1]);
});

const api = new DynalistApi(token, 0);
await step('dynalist-api: nodes are copied, moved and deleted with what is below them', async () => {
  const before = await api.getDocument(document);
  const subTrees = api.getSubTreesOrNull(before.nodes[0], before.nodes).children;
  const copied = await api.copySubTrees(subTrees, 'root', document, true);
  assert.equal(copied.length, 3);
  const read = await api.getDocument(document);
  assert.equal(read.nodes.length, 7);
  const find = (content) => read.nodes.filter((node) => node.content === content);
  const [, copy] = find('move target');
  await api.moveNodes(find('edited'), document, 'root');
  await api.uncheckNodes(find('edited'), document);
  // The parent first, as they stand in the document.
  const whole = read.nodes.filter((node) => node.id === copy.id || copy.children.includes(node.id));
  await api.deleteNodes(document, whole);
  const after = await api.getDocument(document);
  assert.equal(after.nodes.some((node) => node.id === copy.id), false);
  assert.equal(after.nodes.some((node) => node.content === 'edited' && node.checked), false);
});

await step('dynalist-api: the inbox, with flags as text', async () => {
  const added = await api.sendToInbox('from the api', 0, { note: 'n', checkbox: 'true', heading: '1' });
  assert.equal(added.index, 0);
  const node = (await api.getDocument(document)).nodes.find(({ id }) => id === added.node_id);
  assert.deepEqual([node.note, node.checkbox, node.heading], ['n', true, 1]);
  assert.equal((await api.listFiles())._code, 'Ok');
});

finish();
