// The page, in a headless Chromium: good passes, bad fails, and nothing leaves the browser.
// STELE_SCREENSHOTS: a folder for pictures of it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findChromium, openBrowser } from './browser.js';
import * as chain from './chain.js';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const chromium = findChromium();
const needed = process.env.CI === 'true';
const skip = chromium === null && !needed ? 'chromium is absent: scripts/bootstrap --dev installs it' : false;

const folder = mkdtempSync(join(tmpdir(), 'stele-page-files-'));
const place = (name) => join(folder, name);
const write = (name, content) => writeFileSync(place(name), content);
const receipt = chain.render(chain.build().receipt);
write('claimed.txt', chain.FILE);
write('changed.txt', 'another');
write('claimed.txt.stele.json', receipt);
write('broken.stele.json', receipt.replace('height 151', 'height 150'));
write('network.pin', chain.pin());
write('big.bin', Buffer.alloc(64 << 20));

let browser;
let server;
const asked = [];

before(async () => {
  if (skip) return;
  assert.ok(chromium, 'chromium is absent, and CI=true');
  execFileSync(process.execPath, [path('page/build.js')]);
  server = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/' ? readFileSync(path('build/stele-verify.html')) : 'other');
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  browser = await openBrowser(chromium);
  for (const domain of ['Page', 'DOM', 'Network', 'Runtime']) await browser.send(`${domain}.enable`);
});

after(async () => {
  rmSync(folder, { recursive: true });
  server?.close();
  server?.closeAllConnections();
  await browser?.close();
});

async function evaluate(expression) {
  const { result, exceptionDetails } = await browser.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  assert.equal(exceptionDetails, undefined, exceptionDetails && JSON.stringify(exceptionDetails));
  return result.value;
}

async function until(expression) {
  for (let tries = 0; tries < 300; tries++) {
    if (await evaluate(expression)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  assert.fail(`never: ${expression}`);
}

async function open(url) {
  await browser.send('Page.navigate', { url });
  await until("document.readyState === 'complete' && !!document.getElementById('result')");
}

async function give(id, name) {
  const { root } = await browser.send('DOM.getDocument');
  const { nodeId } = await browser.send('DOM.querySelector', { nodeId: root.nodeId, selector: `#${id}` });
  await browser.send('DOM.setFileInputFiles', { nodeId, files: [place(name)] });
}

// The verdict line once it is there and not `before`.
async function verdict(before = '') {
  await until(
    "!document.getElementById('result').hidden && " +
      `document.getElementById('line').textContent !== ${JSON.stringify(before)}`,
  );
  return evaluate("document.getElementById('line').textContent");
}

const outcomeShown = () => evaluate("document.getElementById('result').dataset.outcome");

// Neither so narrow nor so wide does anything stick out.
async function fits(width) {
  await browser.send('Emulation.setDeviceMetricsOverride', {
    width,
    height: 1000,
    deviceScaleFactor: 1,
    mobile: true,
  });
  const [whole, seen] = await evaluate('[document.documentElement.scrollWidth, innerWidth]');
  assert.ok(whole <= seen, `${whole} of ${seen}`);
}

async function picture(name, scheme, width = 900) {
  if (!process.env.STELE_SCREENSHOTS) return;
  await browser.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-color-scheme', value: scheme }],
  });
  await browser.send('Emulation.setDeviceMetricsOverride', {
    width,
    height: 1000,
    deviceScaleFactor: 1,
    mobile: false,
  });
  const { data } = await browser.send('Page.captureScreenshot', {
    format: 'png',
    captureBeyondViewport: true,
  });
  writeFileSync(join(process.env.STELE_SCREENSHOTS, `${name}.png`), Buffer.from(data, 'base64'));
}

const PASSED =
  'content pass 0 inclusion pass 0 finality pass 0 signer pass 0 status pass 0 former 1 state live';
const own = () => `http://127.0.0.1:${server.address().port}/`;

test('page: from disk, a good receipt passes step by step', { skip }, async () => {
  await open(`file://${path('build/stele-verify.html')}`);
  await picture('empty', 'light');
  await give('receipt', 'claimed.txt.stele.json');
  const alone = await verdict();
  assert.equal(
    alone,
    PASSED.replace('content pass', 'content open')
      .replace('signer pass 0', 'signer open 7016')
      .replace('former 1', 'former 0'),
  );
  assert.equal(await outcomeShown(), 'unknown');
  await give('trust', 'network.pin');
  const trusted = await verdict(alone);
  await give('file', 'claimed.txt');
  assert.equal(await verdict(trusted), PASSED);
  assert.equal(await outcomeShown(), 'verified');
  assert.equal(await evaluate("document.querySelectorAll('#findings li.pass').length"), 5);
  for (const width of [320, 380, 900]) await fits(width);
  await picture('good-light', 'light');
  await picture('good-dark', 'dark');
  await picture('good-narrow', 'light', 380);
});

test('page: a changed file and a bad receipt fail', { skip }, async () => {
  await open(`file://${path('build/stele-verify.html')}`);
  await give('trust', 'network.pin');
  await give('receipt', 'claimed.txt.stele.json');
  const before = await verdict();
  await give('file', 'changed.txt');
  const changed = await verdict(before);
  assert.equal(changed, PASSED.replace('content pass 0', 'content fail 7012'));
  assert.equal(await outcomeShown(), 'failed');
  await give('receipt', 'broken.stele.json');
  assert.match(
    await verdict(changed),
    /^content fail 7012 inclusion pass 0 finality fail 7014 signer open 0/,
  );
  await picture('bad-light', 'light');
  await picture('bad-dark', 'dark');
});

test('page: a trust that is none, and starting again', { skip }, async () => {
  await open(`file://${path('build/stele-verify.html')}`);
  await give('receipt', 'claimed.txt.stele.json');
  const before = await verdict();
  await give('trust', 'claimed.txt');
  assert.equal(await verdict(before), 'trust');
  await evaluate("document.getElementById('again').click()");
  assert.equal(await evaluate("document.getElementById('result').hidden"), true);
});

test('page: what is dropped finds its place', { skip }, async () => {
  await open(`file://${path('build/stele-verify.html')}`);
  const files = ['claimed.txt', 'network.pin', 'claimed.txt.stele.json'];
  const given = files.map((name) => [name, readFileSync(place(name), 'latin1')]);
  await evaluate(`(() => {
    const data = new DataTransfer();
    for (const [name, text] of ${JSON.stringify(given)}) data.items.add(new File([text], name));
    const drop = { dataTransfer: data, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('drop', drop));
  })()`);
  assert.equal(await verdict(), PASSED);
});

test('page: a big file is read with a progress bar, and the hash is right', { skip }, async () => {
  await open(`file://${path('build/stele-verify.html')}`);
  await evaluate(`(() => {
    globalThis.bars = 0;
    const watched = document.getElementById('progress');
    new MutationObserver(() => { if (!watched.hidden) bars++; }).observe(watched, { attributes: true });
  })()`);
  const hash = chain.H(Buffer.alloc(64 << 20));
  const message = chain.join(chain.bytesField(1, hash), chain.numberField(2, 64 << 20));
  const big = chain.build({
    status: false,
    hooks: {
      transaction: (t) => {
        t.message = message;
      },
      receipt: (r) => {
        r.subject = { sha256: chain.hex(hash), size: 64 << 20 };
      },
    },
  }).receipt;
  write('big.bin.stele.json', chain.render(big));
  await give('file', 'big.bin');
  await give('receipt', 'big.bin.stele.json');
  assert.match(await verdict(), /^content pass 0 inclusion pass 0 finality pass 0/);
  assert.ok((await evaluate('bars')) > 0);
});

test('page: no request leaves, and none could', { skip }, async () => {
  asked.length = 0;
  browser.events.length = 0;
  await open(own());
  await give('receipt', 'claimed.txt.stele.json');
  const before = await verdict();
  await give('trust', 'network.pin');
  await verdict(before);
  const requests = browser.events
    .filter(({ method }) => method === 'Network.requestWillBeSent')
    .map(({ params }) => params.request.url)
    .filter((url) => !url.startsWith('data:'));
  assert.deepEqual(requests, [own()]);
  const elsewhere = `${own()}elsewhere`;
  assert.equal(await evaluate(`fetch('${elsewhere}').then(() => 'sent', () => 'refused')`), 'refused');
  assert.equal(
    await evaluate(`new Promise((done) => {
    const image = new Image();
    image.onload = image.onerror = () => done('over');
    image.src = '${elsewhere}';
  })`),
    'over',
  );
  assert.equal(
    await evaluate(`new Promise((done) => {
    const script = document.createElement('script');
    script.onload = () => done('run');
    script.onerror = () => done('refused');
    script.src = '${elsewhere}';
    document.body.append(script);
  })`),
    'refused',
  );
  await evaluate(`navigator.sendBeacon('${elsewhere}', 'x')`);
  await evaluate(`try { new WebSocket('${elsewhere.replace('http', 'ws')}'); } catch {}`);
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  assert.deepEqual(asked, ['/']);
});

test('page: every control has a name, and the result is announced', { skip }, async () => {
  const { nodes } = await browser.send('Accessibility.getFullAXTree');
  const controls = nodes.filter(
    ({ role, ignored }) => !ignored && ['button', 'textbox'].includes(role?.value),
  );
  assert.ok(controls.length >= 3);
  for (const { name } of controls) assert.ok(name?.value, 'a control without a name');
  assert.equal(await evaluate('document.documentElement.lang'), 'en');
  assert.equal(await evaluate("document.getElementById('result').getAttribute('aria-live')"), 'polite');
});
