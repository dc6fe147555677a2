// The frame of a journey: its steps, of which one that fails does not end the others, and how they went.
let passed = 0;
let failed = 0;
// Lines of a failure that are told.
const MOST_LINES = 12;

export async function step(title, work) {
  try {
    await work();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.error(`FAILED ${title}\n  ${String(error.stack ?? error).split('\n').slice(0, MOST_LINES).join('\n  ')}`);
  }
}

/** Says how it went and ends the process. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
