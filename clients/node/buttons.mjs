// Buttons: a click counts and does what the button says.
import { answer, api, assert, byName, check, core, refused, scene, step, tableOf } from './kit.mjs';

const { base, leave } = await scene('Buttons');
const { table, field, records } = await tableOf(
  base,
  'Tasks',
  [
    { name: 'Name', type: 'singleLineText' },
    { name: 'Status', type: 'singleSelect', options: { choices: [{ name: 'Open' }, { name: 'Done' }] } },
  ],
  [{ Name: 'a', Status: 'Open' }],
);
const [record] = records;

await step('a button is made, clicked until it is used up, and reset', async () => {
  const button = answer(
    await api.createField(table.id, {
      name: 'Finish',
      type: 'button',
      options: {
        label: 'Finish',
        color: 'teal',
        maxCount: 2,
        resetCount: true,
        actions: [{ type: 'setFields', fields: { [field.Status]: 'Done' } }],
      },
    }),
    201,
    core.fieldVoSchema,
  );
  assert.equal(button.options.maxCount, 2);
  // What the button does is in its workflow, where the package's strict schema of options lets it be.
  check(core.buttonFieldOptionsSchema.strict(), button.options);
  assert.equal(button.options.workflow.isActive, true);
  assert.equal(button.options.workflow.actions[0].type, 'setFields');
  const same = await api.convertField(table.id, button.id, { type: 'button', name: 'Finish', options: button.options });
  assert.deepEqual(answer(same, 200, core.fieldVoSchema).options, button.options);
  const click = async () => answer(await api.buttonClick(table.id, record.id, button.id), 201, api.buttonClickVoSchema);
  const first = await click();
  assert.deepEqual([first.tableId, first.fieldId, first.record.id], [table.id, button.id, record.id]);
  check(core.buttonFieldCelValueSchema, first.record.fields[button.id]);
  const after = answer(await api.getRecord(table.id, record.id, byName), 200, core.recordSchema);
  assert.deepEqual([after.fields.Status, after.fields.Finish], ['Done', { count: 1 }]);
  assert.notEqual((await click()).runId, first.runId);
  await refused(api.buttonClick(table.id, record.id, button.id), 400, 'validation_error');
  const reset = answer(await api.buttonReset(table.id, record.id, button.id), 200, core.recordSchema);
  assert.equal(reset.id, record.id);
  assert.equal((await click()).record.fields[button.id].count, 1);
  await refused(api.buttonClick(table.id, record.id, field.Name), 400, 'validation_error');
});

await step('a button without anything to do', async () => {
  const idle = answer(await api.createField(table.id, { name: 'Idle', type: 'button' }), 201, core.fieldVoSchema);
  check(core.buttonFieldOptionsSchema, idle.options);
  await refused(api.buttonClick(table.id, record.id, idle.id), 400, 'validation_error');
  await refused(api.buttonReset(table.id, record.id, idle.id), 400, 'validation_error');
});

await step('leave the buttons', leave);
