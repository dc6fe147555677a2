// What every part of the journey uses: the unmodified packages, the steps and how answers are checked.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// The packages are CommonJS.
const require = createRequire(import.meta.url);
export const api = require('@teable/openapi');
export const core = require('@teable/core');
export { finish, step } from '../steps.mjs';
export { assert };

export const { BASE_URL = 'http://127.0.0.1:8080/api', TOKEN } = process.env;
assert.ok(TOKEN, 'TOKEN must hold an access token');
assert.ok(BASE_URL.endsWith('/api'), 'BASE_URL must end in /api');
// `configApi` puts `/api` behind the endpoint, a Bearer token and an `X-Window-Id` on every request.
api.configApi({ endpoint: BASE_URL.slice(0, -'/api'.length), token: TOKEN, enableUndoRedo: true });

/** The answer's body, after the status and the shape the package declares were checked. */
export function answer(response, status, schema) {
  assert.equal(response.status, status);
  return schema ? check(schema, response.data) : response.data;
}

export function check(schema, value) {
  const result = schema.safeParse(value);
  assert.ok(result.success, `the package's schema refuses the answer: ${JSON.stringify(result.error?.issues)}`);
  return value;
}

/** The request must be refused as `HttpError`, the error class of `@teable/core`. */
export async function refused(request, status, code, message) {
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof core.HttpError, `not an HttpError: ${error}`);
    assert.equal(error.status, status);
    assert.equal(error.code, code);
    if (message) assert.match(error.message, message);
    return true;
  });
}

export const names = (records) => records.map((record) => record.fields.Name);
export const where = (fieldId, operator, value, conjunction = 'and') => ({
  conjunction,
  filterSet: [{ fieldId, operator, value }],
});
export const byName = { fieldKeyType: core.FieldKeyType.Name };

/** A space with a base of its own for one part of the journey; `leave` takes them away. */
export async function scene(name) {
  const space = answer(await api.createSpace({ name }), 201, api.createSpaceVoSchema);
  const base = answer(await api.createBase({ spaceId: space.id, name }), 201, api.createBaseVoSchema);
  const leave = async () => {
    answer(await api.deleteBase(base.id), 200);
    answer(await api.deleteSpace(space.id), 200);
  };
  return { space, base, leave };
}

/** A table of the base, checked, and the ids of its fields by their names. */
export async function tableOf(base, name, fields, records) {
  const made = await api.createTable(base.id, { ...byName, name, fields, records: records.map((each) => ({ fields: each })) });
  const table = answer(made, 201, api.tableFullVoSchema);
  const field = Object.fromEntries(table.fields.map((each) => [each.name, each.id]));
  return { table, field, records: table.records };
}
