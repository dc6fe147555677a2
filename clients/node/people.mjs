// People: sign-up, invitations by link and by mail, roles, passwords. Persons act in sessions, as a browser does: the
// cookie that the server sets comes with every later request. SIGN_UP=off leaves the part out, MAIL_FOLDER is where the
// server lays its letters down (without it the letters are not read).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKEN, answer, api, assert, byName, refused, scene, step, tableOf } from './kit.mjs';

const { MAIL_FOLDER, SIGN_UP } = process.env;
let session;

// What a browser does by itself: no token, the cookies of whose turn it is, and those that come are kept.
api.axios.interceptors.request.use((config) => {
  if (session) {
    config.headers.delete('Authorization');
    if (session.cookie) config.headers.set('Cookie', session.cookie);
  } else {
    config.headers.set('Authorization', `Bearer ${TOKEN}`);
  }
  return config;
});
api.axios.interceptors.response.use((response) => {
  const cookies = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]);
  if (session && cookies.length > 0) session.cookie = cookies.join('; ');
  return response;
});

/** Does something as a person instead of by the token. */
async function as(person, act) {
  session = person;
  try {
    return await act();
  } finally {
    session = undefined;
  }
}

/** The newest letter to an address. One that is still being written has another ending than `.eml`. */
async function letter(email) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const files = (await readdir(MAIL_FOLDER).catch(() => [])).filter((file) => file.endsWith('.eml'));
    const texts = await Promise.all(files.sort().reverse().map((file) => readFile(join(MAIL_FOLDER, file), 'utf8')));
    const found = texts.find((text) => text.includes(email));
    if (found) return found;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error(`no letter to ${email}`);
}

const stamp = Date.now().toString(36);
const address = (name) => `${name}.${stamp}@example.com`;
const password = 'Correct-horse-7';
const gil = {};
const hal = {};
const link = (invitation) => ({ invitationCode: invitation.invitationCode, invitationId: invitation.invitationId });

async function everything() {
  const { space, base, leave } = await scene('People');
  const { table } = await tableOf(base, 'Secrets', [{ name: 'Name', type: 'singleLineText' }], [{ Name: 'a' }]);
  const { PrincipalType } = api;

  await step('a second person signs up, with a space of their own', async () => {
    const me = await as(gil, async () => answer(await api.signup({ email: address('gil'), password }), 201, api.userMeVoSchema));
    gil.id = me.id;
    assert.equal(me.email, address('gil'));
    assert.equal(await as(gil, async () => answer(await api.userMe(), 200, api.userMeVoSchema).id), gil.id);
    const spaces = await as(gil, async () => answer(await api.getSpaceList(), 200, api.getSpaceVoSchema.array()));
    assert.deepEqual(spaces.map((one) => one.role), ['owner']);
    await as(gil, () => refused(api.getRecords(table.id, {}), 404, 'not_found'));
    await as({}, () => refused(api.signup({ email: address('gil'), password }), 400, 'validation_error'));
  });

  await step('an invitation link to a space is made, changed, listed, accepted and ended', async () => {
    const made = answer(
      await api.createSpaceInvitationLink({ spaceId: space.id, createSpaceInvitationLinkRo: { role: 'editor' } }),
      201,
      api.createSpaceInvitationLinkVoSchema,
    );
    assert.ok(made.inviteUrl.includes(made.invitationCode));
    const changed = answer(
      await api.updateSpaceInvitationLink({
        spaceId: space.id,
        invitationId: made.invitationId,
        updateSpaceInvitationLinkRo: { role: 'viewer' },
      }),
      200,
      api.updateSpaceInvitationLinkVoSchema,
    );
    assert.equal(changed.role, 'viewer');
    const listed = answer(await api.listSpaceInvitationLink(space.id), 200, api.listSpaceInvitationLinkVoSchema);
    assert.deepEqual(listed.map((one) => [one.invitationId, one.role]), [[made.invitationId, 'viewer']]);
    const accepted = await as(gil, async () =>
      answer(await api.acceptInvitationLink(link(made)), 201, api.acceptInvitationLinkVoSchema),
    );
    assert.equal(accepted.spaceId, space.id);
    const seen = await as(gil, () => api.getRecords(table.id, byName));
    assert.equal(seen.data.records.length, 1);
    await as(gil, () => refused(api.createRecords(table.id, { records: [{ fields: {} }] }), 403, 'restricted_resource'));
    answer(await api.deleteSpaceInvitationLink({ spaceId: space.id, invitationId: made.invitationId }), 200);
    await as(gil, () => refused(api.acceptInvitationLink(link(made)), 404, 'not_found'));
  });

  await step('members of a space are listed, get another role and are removed', async () => {
    const list = async (query) =>
      answer(await api.getSpaceCollaboratorList(space.id, query), 200, api.listSpaceCollaboratorVoSchema);
    const all = await list({ includeBase: true, orderBy: 'asc' });
    assert.equal(all.total, 2);
    assert.equal(all.collaborators.find((one) => one.userId === gil.id).role, 'viewer');
    assert.equal((await list({ search: address('gil'), skip: 0, take: 10, type: PrincipalType.User })).collaborators.length, 1);
    const principal = { principalId: gil.id, principalType: PrincipalType.User };
    answer(await api.updateSpaceCollaborator({ spaceId: space.id, updateSpaceCollaborateRo: { ...principal, role: 'editor' } }), 200);
    await as(gil, async () => answer(await api.createRecords(table.id, { records: [{ fields: {} }] }), 201, api.createRecordsVoSchema));
    answer(await api.deleteSpaceCollaborator({ spaceId: space.id, deleteSpaceCollaboratorRo: principal }), 200);
    await as(gil, () => refused(api.getRecords(table.id, {}), 404, 'not_found'));
  });

  await step('an invitation link to a base, and its members', async () => {
    const made = answer(
      await api.createBaseInvitationLink({ baseId: base.id, createBaseInvitationLinkRo: { role: 'commenter' } }),
      201,
      api.createBaseInvitationLinkVoSchema,
    );
    assert.equal(answer(await api.listBaseInvitationLink(base.id), 200, api.listBaseInvitationLinkVoSchema).length, 1);
    const updated = await api.updateBaseInvitationLink({
      baseId: base.id,
      invitationId: made.invitationId,
      updateBaseInvitationLinkRo: { role: 'viewer' },
    });
    assert.equal(answer(updated, 200, api.updateBaseInvitationLinkVoSchema).role, 'viewer');
    const accepted = await as(gil, async () =>
      answer(await api.acceptInvitationLink(link(made)), 201, api.acceptInvitationLinkVoSchema),
    );
    assert.equal(accepted.baseId, base.id);
    const reached = await as(gil, async () => answer(await api.getBaseAll(), 200, api.getBaseItemSchema.array()));
    assert.equal(reached.find((one) => one.id === base.id).role, 'viewer');
    const members = answer(await api.getBaseCollaboratorList(base.id, {}), 200, api.listBaseCollaboratorVoSchema);
    assert.equal(members.collaborators.find((one) => one.userId === gil.id).resourceType, 'base');
    const users = answer(await api.getUserCollaborators(base.id, { search: address('gil') }), 200, api.listBaseCollaboratorUserVoSchema);
    assert.deepEqual(users.users.map((one) => one.id), [gil.id]);
    const principal = { principalId: gil.id, principalType: PrincipalType.User };
    answer(await api.updateBaseCollaborator({ baseId: base.id, updateBaseCollaborateRo: { ...principal, role: 'editor' } }), 200);
    answer(await api.addSpaceCollaborator(space.id, { collaborators: [principal], role: 'viewer' }), 201);
    answer(await api.deleteSpaceCollaborator({ spaceId: space.id, deleteSpaceCollaboratorRo: principal }), 200);
    await as(gil, async () => answer(await api.deleteBaseCollaborator({ baseId: base.id, deleteBaseCollaboratorRo: principal }), 200));
    await as(gil, () => refused(api.getRecords(table.id, {}), 404, 'not_found'));
    answer(await api.deleteBaseInvitationLink({ baseId: base.id, invitationId: made.invitationId }), 200);
  });

  await step('an invitation is mailed, and accepted with the code of the letter on signing up', async () => {
    const sent = answer(
      await api.emailSpaceInvitation({ spaceId: space.id, emailSpaceInvitationRo: { emails: [address('hal')], role: 'editor' } }),
      201,
      api.emailSpaceInvitationVoSchema,
    );
    assert.match(sent[address('hal')].invitationId, /^inv/);
    answer(
      await api.emailBaseInvitation({ baseId: base.id, emailBaseInvitationRo: { emails: [address('ida')], role: 'viewer' } }),
      201,
      api.emailBaseInvitationVoSchema,
    );
    if (!MAIL_FOLDER) return;
    const inviteCode = codeOf(await letter(address('hal')));
    await as(hal, async () => answer(await api.signup({ email: address('hal'), password, inviteCode }), 201, api.userMeVoSchema));
    const spaces = await as(hal, async () => answer(await api.getSpaceList(), 200, api.getSpaceVoSchema.array()));
    assert.deepEqual(spaces.map((one) => [one.id, one.role]), [[space.id, 'editor']]);
  });

  await step('a name and a password are changed, and a password is reset', async () => {
    await as(gil, async () => answer(await api.updateUserName({ name: 'Gil' }), 200));
    assert.equal(await as(gil, async () => answer(await api.userMe(), 200, api.userMeVoSchema).name), 'Gil');
    await as(gil, () => refused(api.changePassword({ password: 'wrong-Password-1', newPassword: 'Another-horse-8' }), 400, 'invalid_credentials'));
    await as(gil, async () => answer(await api.changePassword({ password, newPassword: 'Another-horse-8' }), 200));
    await as({}, () => refused(api.signin({ email: address('gil'), password }), 400, 'invalid_credentials'));
    const again = {};
    await as(again, async () =>
      answer(await api.signin({ email: address('gil'), password: 'Another-horse-8' }), 200, api.userMeVoSchema),
    );
    await as(again, async () => answer(await api.signout(), 200));
    await as(again, () => refused(api.userMe(), 401, 'unauthorized'));
    await as({}, async () => answer(await api.sendResetPasswordEmail({ email: address('gil') }), 201));
    if (!MAIL_FOLDER) return;
    const code = codeOf(await letter(address('gil')));
    await as({}, async () => answer(await api.resetPassword({ code, password: 'Third-horse-9' }), 201));
    await as(gil, async () => answer(await api.signin({ email: address('gil'), password: 'Third-horse-9' }), 200, api.userMeVoSchema));
  });

  await step('leave the people', leave);
}

/** The code in a letter: a line of its own. */
function codeOf(text) {
  return text.replaceAll('=\r\n', '').match(/^ {4}(\S+)/m)[1];
}

if (SIGN_UP !== 'off') await everything();
