// A headless Chromium, spoken to over its pipe.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const START_MS = 60000;

// Where Chromium is, or null.
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'chromium')).find((path) => existsSync(path)) ?? null;
}

// A browser with one empty page: {send(method, params), events, close()}.
export async function openBrowser(path) {
  const home = mkdtempSync(join(tmpdir(), 'stele-page-'));
  const child = spawn(
    path,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--remote-debugging-pipe',
      `--user-data-dir=${home}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  );
  const waiting = new Map();
  const events = [];
  let number = 0;
  let session;
  let held = '';
  child.stdio[4].setEncoding('utf8');
  child.stdio[4].on('data', (text) => {
    held += text;
    const messages = held.split('\0');
    held = messages.pop();
    for (const message of messages.map((one) => JSON.parse(one))) {
      const waits = waiting.get(message.id);
      if (!waits) events.push(message);
      else if (message.error) waits.reject(new Error(message.error.message));
      else waits.resolve(message.result);
      waiting.delete(message.id);
    }
  });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), START_MS);
      const done = (act) => (value) => {
        clearTimeout(timer);
        act(value);
      };
      waiting.set(++number, { resolve: done(resolve), reject: done(reject) });
      child.stdio[3].write(`${JSON.stringify({ id: number, method, params, sessionId: session })}\0`);
    });
  const { targetInfos } = await send('Target.getTargets');
  const { targetId } = targetInfos.find(({ type }) => type === 'page');
  session = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
  return {
    send,
    events,
    async close() {
      await send('Browser.close');
      await ended;
      await endGroup(child.pid);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// Ends what the browser left of its own process group, and waits until nothing is left.
async function endGroup(group) {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
