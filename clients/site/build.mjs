// A static site from start to end with published packages: content and files are put in through datocms-client, fetched
// with its dump by the read-only token, and made into pages by metalsmith. Only the client's base URL leads here.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Metalsmith from 'metalsmith';
import markdown from '@metalsmith/markdown';
import { finish, step } from '../steps.mjs';

const require = createRequire(import.meta.url);
// What the tools of the package are compiled for.
require('babel-polyfill');
const { SiteClient } = require('datocms-client');
const dump = require('datocms-client/lib/dump/dump');
const config = require.resolve('./dato.config.cjs');

const api = (process.env.BASE_URL ?? 'http://127.0.0.1:8080/api').replace(/\/$/, '');
const root = api.replace(/\/(donotname\/)?api$/, '');
const owner = { authorization: `Bearer ${process.env.TOKEN}`, 'content-type': 'application/json' };
const folder = mkdtempSync(path.join(tmpdir(), 'site-build-'));
// A picture of two pixels, one beside the other.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR42mMQ+AAAARMBAeb/ERsAAAAASUVORK5CYII=',
  'base64',
);

const asked = async (method, address, body) => {
  const answer = await fetch(address, { method, headers: owner, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${address} answered ${answer.status}`);
  return answer.json();
};

let base, site, writing, reading, posts;

await step('a site hands out its two tokens', async () => {
  const [space] = await asked('GET', `${api}/space`);
  base = await asked('POST', `${api}/base`, { spaceId: space.id, name: 'Site build' });
  // Between the prefix of Donotname and what it adds stands the key of the database.
  const { data } = await asked('GET', `${root}/dato/${base.id.slice(3, 15)}/site`);
  site = data;
  writing = new SiteClient(data.attributes.readwrite_token, {}, `${root}/dato`);
  reading = new SiteClient(data.attributes.readonly_token, { 'X-Reason': 'dump', 'X-SSG': 'metalsmith' }, `${root}/dato`);
  assert.equal((await reading.site.find()).id, site.id);
});

const field = (label, fieldType, more) => ({
  label, fieldType, localized: false, apiKey: label, hint: '', validators: {}, appeareance: null, position: 99, ...more,
});

await step('models, a picture and posts are put in', async () => {
  await writing.site.update({ ...(await writing.site.find()), name: 'Two tongues', locales: ['en', 'it'] });
  const home = await writing.itemTypes.create({ name: 'Home', apiKey: 'home', singleton: true, sortable: false });
  await writing.fields.create(home.id, field('headline', 'string'));
  const author = await writing.itemTypes.create({ name: 'Author', apiKey: 'author', singleton: false, sortable: false });
  await writing.fields.create(author.id, field('name', 'string', { validators: { required: {} } }));
  posts = await writing.itemTypes.create({ name: 'Post', apiKey: 'post', singleton: false, sortable: true });
  const title = { validators: { required: {} }, localized: true, appeareance: { type: 'title' } };
  await writing.fields.create(posts.id, field('title', 'string', title));
  await writing.fields.create(posts.id, field('slug', 'slug', { validators: { unique: {} } }));
  await writing.fields.create(posts.id, field('body', 'text', { localized: true, appeareance: { type: 'markdown' } }));
  await writing.fields.create(posts.id, field('cover', 'image'));
  const link = { validators: { itemItemType: { itemTypes: [author.id] } }, appeareance: { type: 'select' } };
  await writing.fields.create(posts.id, field('author', 'link', link));
  await writing.items.create({ itemType: home.id, headline: 'All that is new' });
  const ada = await writing.items.create({ itemType: author.id, name: 'Ada' });
  const file = path.join(folder, 'two pixels.png');
  writeFileSync(file, picture);
  for (const slug of ['first', 'second', 'third']) {
    const cover = await writing.uploadFile(file);
    await writing.items.create({
      itemType: posts.id,
      title: { en: `The ${slug}`, it: `Il ${slug}` },
      slug,
      body: { en: `Some *text* of the ${slug}.`, it: `Un *testo* del ${slug}.` },
      cover: { ...cover, alt: `Cover of the ${slug}` },
      author: ada.id,
    });
  }
});

await step('the content is dumped by the read-only token', async () => {
  const operations = await dump(config, reading, path.join(folder, 'source'));
  assert.ok(operations.some((line) => line.includes('site.json')), operations.join('\n'));
  const data = JSON.parse(readFileSync(path.join(folder, 'source/data/site.json')));
  assert.deepEqual(data, { name: 'Two tongues', locales: ['en', 'it'], headline: 'All that is new' });
  assert.equal(readdirSync(path.join(folder, 'source/posts')).length, 6);
});

await step('pages are built of it, and their pictures are there', async () => {
  const page = (file) => `<!doctype html><title>${file.title}</title><h1>${file.title}</h1><p>by ${file.author}</p>`
    + `<img src="${root}/dato/assets${file.cover}?w=40&h=40&fit=crop&fm=jpg" alt="${file.alt}">${file.contents}`;
  const dressed = (files) => {
    for (const [name, file] of Object.entries(files)) {
      if (name.endsWith('.html')) file.contents = Buffer.from(page(file));
    }
  };
  const built = path.join(folder, 'build');
  await Metalsmith(folder).source('source').destination('build').clean(true).use(markdown()).use(dressed).build();
  const html = readFileSync(path.join(built, 'posts/it-second.html'), 'utf8');
  assert.match(html, /<h1>Il second<\/h1><p>by Ada<\/p>/);
  assert.match(html, /Un <em>testo<\/em> del second\./);
  for (const name of readdirSync(path.join(built, 'posts'))) {
    const [, source] = readFileSync(path.join(built, 'posts', name), 'utf8').match(/<img src="([^"]+)"/);
    const answer = await fetch(source);
    assert.equal(answer.status, 200, source);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
  }
});

await step('the read-only token writes nothing and sees no token', async () => {
  await assert.rejects(reading.items.create({ itemType: posts.id, title: { en: 'x', it: 'x' } }), /INSUFFICIENT_PERMISSIONS/);
  const seen = await reading.site.find();
  assert.equal('readwriteToken' in seen || 'readonlyToken' in seen, false);
});

if (base) await asked('DELETE', `${api}/base/${base.id}`);
rmSync(folder, { recursive: true });
finish();
