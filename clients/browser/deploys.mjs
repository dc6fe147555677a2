// A person deploys a site on the server's own page, in a browser.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { open } from './browser.mjs';
import { finish, step } from '../steps.mjs';

const api = (process.env.BASE_URL ?? 'http://127.0.0.1:8080/api').replace(/\/$/, '');
const root = api.replace(/\/(donotname\/)?api$/, '');
const { BROWSER, OWNER_EMAIL, OWNER_PASSWORD, TOKEN } = process.env;
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };

const asked = async (method, address, body) => {
  const answer = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${address} answered ${answer.status}`);
  return answer.json();
};

// Who builds the site.
const told = [];
const builder = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  told.push(JSON.parse(body));
  response.end();
  builder.emit('told');
}).listen(Number(process.env.BUILDER_PORT ?? 0), '127.0.0.1');
await once(builder, 'listening');
// The server answers who asks for a deploy before it has told the builder.
const isTold = once(builder, 'told', { signal: AbortSignal.timeout(30_000) });
isTold.catch(() => {});

const [space] = await asked('GET', `${api}/space`);
const base = await asked('POST', `${api}/base`, { spaceId: space.id, name: 'Deployed' });
const site = `${root}/dato/${base.id.slice(3, 15)}`;
const settings = { trigger_url: `http://127.0.0.1:${builder.address().port}/`, headers: {}, payload: { build: 'now' } };
const { data: shown } = await asked('GET', `${site}/site`);
const attributes = { deploy_adapter: 'custom', deploy_settings: settings };
await asked('PUT', `${site}/site`, { data: { type: 'site', id: shown.id, attributes } });
const browser = await open(BROWSER);
const fill = (name, text) => browser.run(`document.querySelector('input[name=${name}]').value = ${JSON.stringify(text)}`);
const press = (what) => browser.run(`document.querySelector('${what}').click()`);

await step('who is nobody is asked to sign in, and told of a wrong password', async () => {
  await browser.goTo(`${root}/app/deploys`);
  await browser.shows('Sign in');
  await fill('email', OWNER_EMAIL);
  await fill('password', 'not-the-Password-1');
  await press('#enter button');
  await browser.shows('E-mail or password is wrong');
});

await step('who signs in chooses a site and sees how it stands', async () => {
  await fill('password', OWNER_PASSWORD);
  await press('#enter button');
  await browser.shows('Publish changes');
  await browser.run(`(() => {
    const sites = document.getElementById('site');
    sites.value = [...sites.options].find((option) => option.text === 'Deployed').value;
    sites.dispatchEvent(new Event('change'));
  })()`);
  await browser.until("!document.getElementById('publish').disabled");
  await browser.shows('Never deployed.');
});

await step('the button has the builder told', async () => {
  await press('#publish');
  await browser.shows('A deploy is under way.');
  await browser.shows('Asked for');
  await isTold;
  assert.deepEqual(told, [{ build: 'now' }]);
  assert.equal(await browser.run("document.getElementById('publish').disabled"), true);
});

await step('what the builder says is shown without a reload', async () => {
  const { data } = await asked('GET', `${site}/site`);
  const answer = await fetch(data.attributes.webhook_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'success' }),
  });
  assert.ok(answer.ok, `the answer was answered ${answer.status}`);
  await browser.shows('The last deploy went well.');
  await browser.shows('Went well');
  assert.deepEqual(browser.complaints, []);
});

await browser.close();
builder.close();
await asked('DELETE', `${api}/base/${base.id}`).catch(() => {});
finish();
