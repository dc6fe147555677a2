// A browser of the distribution, driven over its own protocol through a pipe, without any package.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// How long a page may take for what it is to show.
const PATIENCE_MS = 15_000;

/** Starts the browser of this path with one page; `close` ends it. */
export async function open(program) {
  const profile = mkdtempSync(path.join(tmpdir(), 'browser-'));
  const words = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe'];
  const running = spawn(program, [...words, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [to, from] = [running.stdio[3], running.stdio[4]];
  const waiting = new Map();
  const complaints = [];
  let [last, rest] = [0, ''];
  from.setEncoding('utf8');
  from.on('data', (text) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop();
    for (const said of parts.map((part) => JSON.parse(part))) {
      if (said.method === 'Runtime.exceptionThrown') complaints.push(said.params.exceptionDetails.exception.description);
      const answer = waiting.get(said.id);
      waiting.delete(said.id);
      if (said.error) answer?.reject(new Error(said.error.message));
      else answer?.resolve(said.result);
    }
  });
  running.once('exit', () => waiting.forEach(({ reject }) => reject(new Error('the browser ended'))));
  const call = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      to.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const on = (method, params) => call(method, params, sessionId);
  await on('Page.enable');
  await on('Runtime.enable');
  const run = async (expression) => {
    const { result, exceptionDetails } = await on('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    /** What scripts of the page threw and nobody caught. */
    complaints,
    run,
    goTo: (url) => on('Page.navigate', { url }),
    /** Waits until an expression of the page is true. */
    async until(expression) {
      const end = Date.now() + PATIENCE_MS;
      while (Date.now() < end) {
        if (await run(expression).catch(() => false)) return;
        await pause(50);
      }
      throw new Error(`${expression} is not true of: ${await run('document.body?.innerText')}`);
    },
    /** Waits until the page shows a text. */
    async shows(text) {
      await this.until(`document.body.innerText.includes(${JSON.stringify(text)})`);
    },
    async close() {
      await call('Browser.close').catch(() => {});
      if (running.exitCode === null) await new Promise((ended) => running.once('exit', ended));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
