// Two published versions of DatoCMS' own package, unmodified: of the reference's time (0.3.17) and of a year later (0.3.46).
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { finish, step } from '../steps.mjs';

const require = createRequire(import.meta.url);
// What the tools of the packages are compiled for.
require('babel-polyfill');
const root = (process.env.BASE_URL ?? 'http://127.0.0.1:8080/api').replace(/\/(donotname\/)?api\/?$/, '');
const token = process.env.TOKEN;

const refused = (request, status, id, details) =>
  assert.rejects(request, (error) => {
    assert.equal(error.constructor.name, 'ApiException');
    assert.equal(error.statusCode, status);
    assert.equal(error.body.data[0].id, id);
    for (const [key, value] of Object.entries(details ?? {})) {
      assert.equal(error.body.data[0].attributes.details[key], value);
    }
    return true;
  });

/** A new, empty site: its key. */
const newSite = async () => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const [space] = await (await fetch(`${root}/api/space`, { headers })).json();
  const body = JSON.stringify({ spaceId: space.id, name: 'Site' });
  const base = await (await fetch(`${root}/api/base`, { method: 'POST', headers, body })).json();
  // Between the prefix of Donotname and what it adds stands the key of the database.
  return base.id.slice(3, 15);
};

for (const version of ['early', 'late']) {
  const { SiteClient, Loader } = require(`datocms-client-${version}`);
  const client = new SiteClient(token, {}, `${root}/dato/${await newSite()}`);
  let type, title, first;
  // The later one has other words for the same.
  const everything = (params) =>
    version === 'early' ? client.items.all(params, true, { allPages: true }) : client.items.all(params, { allPages: true });

  await step(`${version}: the site is read and changed`, async () => {
    const site = await client.site.find();
    assert.deepEqual(site.locales, ['en']);
    assert.equal(site.timezone, 'Europe/London');
    const changed = await client.site.update({ name: 'Journey', themeHue: 42, locales: ['en', 'it'] });
    // The later one does not send the hue any more, so it stays.
    const hue = version === 'early' ? 42 : 190;
    assert.deepEqual([changed.name, changed.themeHue, changed.locales], ['Journey', hue, ['en', 'it']]);
    await client.site.update({ ...changed, locales: ['en'] });
  });

  await step(`${version}: item types and fields are made, and a menu with them`, async () => {
    const later = { modularBlock: false, tree: false, orderingDirection: null, orderingField: null };
    type = await client.itemTypes.create({ name: 'Post', apiKey: 'post', singleton: false, sortable: false, ...later });
    assert.equal(type.apiKey, 'post');
    const field = { label: 'Title', fieldType: 'string', localized: false, apiKey: 'title', hint: '', position: 99 };
    const appeareance = { type: 'title' };
    title = await client.fields.create(type.id, { ...field, validators: { required: {} }, appeareance });
    assert.deepEqual([title.position, title.hint, title.appeareance], [1, null, { type: 'title' }]);
    const link = { ...field, label: 'Others', apiKey: 'others', fieldType: 'links', appeareance: { type: 'select' } };
    await client.fields.create(type.id, { ...link, validators: { itemsItemType: { itemTypes: [type.id] } } });
    await client.fields.update(title.id, { label: 'Heading', position: 2 });
    const fields = await client.fields.all(type.id);
    assert.deepEqual(fields.map((f) => [f.label, f.position]), [['Others', 1], ['Heading', 2]]);
    const [entry] = await client.menuItems.all();
    assert.deepEqual([entry.label, entry.itemType], ['Post', type.id]);
    const folder = await client.menuItems.create({ label: 'Folder', position: 99 });
    await client.menuItems.update(entry.id, { ...entry, parent: folder.id });
    const all = await client.menuItems.all();
    assert.deepEqual(all.find((item) => item.id === folder.id).children, [entry.id]);
    assert.equal((await client.menuItems.destroy(folder.id)).id, folder.id);
  });

  await step(`${version}: items are made, sent back as they were read, and refused by their fields`, async () => {
    first = await client.items.create({ itemType: type.id, title: 'First', others: [] });
    assert.equal(first.isValid, true);
    const again = await client.items.update(first.id, first);
    assert.equal(again.title, 'First');
    await client.items.update(first.id, { title: 'Changed', others: [first.id] });
    const shown = await client.items.find(first.id);
    assert.deepEqual([shown.title, shown.others, shown.itemType], ['Changed', [first.id], type.id]);
    await refused(client.items.create({ itemType: type.id, title: '' }), 422, 'INVALID_FIELD', {
      field: 'title',
      code: 'VALIDATION_REQUIRED',
    });
    await refused(client.items.find('4294967299'), 404, 'NOT_FOUND');
    await refused(new SiteClient('wrong', {}, root).site.find(), 401, 'INVALID_AUTHORIZATION_HEADER');
  });

  await step(`${version}: all items come by pages`, async () => {
    const many = [...Array(60).keys()].map((n) => client.items.create({ itemType: type.id, title: `n${n}` }));
    await Promise.all(many);
    const all = await everything({ 'filter[type]': 'post' });
    assert.equal(new Set(all.map((item) => item.id)).size, 61);
    const some = await client.items.all({ 'filter[ids]': first.id });
    assert.deepEqual(some.map((item) => item.title), ['Changed']);
    const found = await client.items.all({ 'filter[query]': 'n5' });
    assert.equal(found.length, 11);
  });

  await step(`${version}: the loader of its dump command loads the site`, async () => {
    const loader = new Loader(client);
    await loader.load();
    assert.equal(loader.itemsRepo.posts.length, 61);
    assert.equal(loader.itemsRepo.posts.find((post) => post.id === first.id).title, 'Changed');
    assert.equal(loader.itemsRepo.site.name ?? loader.entitiesRepo.site.name, 'Journey');
  });

  await step(`${version}: its tool gives every item a slug`, async () => {
    // The tool's client has a fixed address and its spinner a terminal: only they are led elsewhere.
    const Client = require(`datocms-client-${version}/lib/Client`);
    const migrate = require(`datocms-client-${version}/lib/migrateSlugs/command`);
    const { buildUrl } = Client.prototype;
    const here = client.baseUrl;
    Client.prototype.buildUrl = function (...given) {
      return buildUrl.apply({ baseUrl: here }, given);
    };
    try {
      await (migrate.default ?? migrate)({ '--token': token, '--skip-id-prefix': true });
    } finally {
      Client.prototype.buildUrl = buildUrl;
    }
    const all = await everything({ 'filter[type]': 'post' });
    const slugs = all.map((item) => item.slug);
    assert.equal(new Set(slugs).size, 61);
    assert.ok(slugs.includes('changed'), String(slugs));
  });

  await step(`${version}: what is deleted is told and gone`, async () => {
    assert.equal((await client.items.destroy(first.id)).id, first.id);
    await refused(client.items.find(first.id), 404, 'NOT_FOUND');
    assert.equal((await client.fields.destroy(title.id)).id, title.id);
    assert.equal((await client.itemTypes.destroy(type.id)).apiKey, 'post');
    assert.deepEqual(await client.itemTypes.all(), []);
    assert.deepEqual(await client.menuItems.all(), []);
  });
}

finish();
