// The command line: what it prints, and with which code it ends; and the harness that compares verifiers.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as chain from './chain.js';

const COMMAND = fileURLToPath(new URL('../bin/stele-verify.js', import.meta.url));
const HARNESS = fileURLToPath(new URL('../../../tests/differential/verdicts.mjs', import.meta.url));
const PASSED =
  'content pass 0 inclusion pass 0 finality pass 0 signer pass 0 status pass 0 former 1 state live';

const folder = mkdtempSync(join(tmpdir(), 'stele-verify-'));
after(() => rmSync(folder, { recursive: true }));
const write = (name, content) => writeFileSync(join(folder, name), content);

const receipt = chain.render(chain.build().receipt);
write('good.txt', chain.FILE);
write('good.txt.stele.json', receipt);
write('changed.txt', 'something else');
write('changed.txt.stele.json', receipt);
write('odd.txt', chain.FILE);
write('odd.txt.stele.json', '{}');
write('none.txt', chain.FILE);
write('act.stele.json', chain.render(chain.build({ kind: 'other' }).receipt));
write('long.txt', chain.FILE);
write('long.txt.stele.json', `${receipt.slice(0, -2)}${' '.repeat(5000000)}}\n`);
write('esc\x1b[2Japed.txt', chain.FILE);
write('esc\x1b[2Japed.txt.stele.json', receipt);
write('pin.txt', chain.pin());
write('no-pin.txt', 'stele/v1 pin\n');

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

const lineOf = (...args) => run('--line', '--trust', 'pin.txt', ...args);

test('verified: 0', () => {
  assert.deepEqual(lineOf('good.txt'), { code: 0, out: `${PASSED}\n`, err: '' });
  const { code, out } = run('--trust', 'pin.txt', 'good.txt');
  assert.equal(code, 0);
  assert.match(out, /^good\.txt: verified\n {2}content +pass +The file is the one/);
  assert.match(out, /relies on 1 former set of validators/);
  assert.match(out, /As of height 300, 2025-11-22 08:31:40 UTC: live; signed with a key of ORG-X\./);
});

test('a check failed: 3', () => {
  const { code, out } = lineOf('changed.txt');
  assert.equal(code, 3);
  assert.equal(out, `${PASSED.replace('pass 0', 'fail 7012')}\n`);
  assert.deepEqual(lineOf('odd.txt'), { code: 3, out: 'form 7010\n', err: '' });
  assert.deepEqual(lineOf('long.txt'), { code: 3, out: 'form 7010\n', err: '' });
  assert.match(run('--trust', 'pin.txt', 'changed.txt').out, /content +FAIL E7012/);
});

test('nobody vouches: 5', () => {
  const { code, out } = run('--line', 'good.txt');
  assert.equal(code, 5);
  assert.match(out, /signer open 7016/);
});

test('a receipt alone: the file that it names is not checked, unless it lies beside', () => {
  assert.deepEqual(lineOf('act.stele.json'), {
    code: 0,
    out: `${PASSED.replace('content pass', 'content open').replace('live', 'recorded')}\n`,
    err: '',
  });
  assert.deepEqual(lineOf('good.txt.stele.json'), { code: 0, out: `${PASSED}\n`, err: '' });
});

test('a file that cannot be read: 10; the others are checked all the same, and the gravest counts', () => {
  assert.equal(run('--trust', 'absent.txt', 'good.txt').code, 10);
  assert.equal(run('--line', '--trust', 'no-pin.txt', 'good.txt').out, 'trust\n');
  assert.equal(run('--line', '--trust', 'no-pin.txt', 'good.txt').code, 10);
  const { code, out, err } = lineOf('none.txt', 'good.txt');
  assert.equal(code, 10);
  assert.equal(out, `${PASSED}\n`);
  assert.match(err, /none\.txt: no receipt \.stele\.json lies beside it/);
  assert.match(lineOf('absent.txt').err, /absent\.txt: ENOENT/);
  assert.equal(lineOf('none.txt', 'changed.txt').code, 3);
  assert.equal(run('--line', 'good.txt', 'none.txt').code, 10);
});

test('usage: 2, and help: 0', () => {
  assert.equal(run().code, 2);
  assert.equal(run('--unknown', 'good.txt').code, 2);
  assert.equal(run('--json', '--line', 'good.txt').code, 2);
  assert.match(run('--help').out, /^Usage: stele-verify/);
  assert.equal(run('--help').code, 0);
});

test('json: one object, numbers as numbers', () => {
  const { out, code } = run('--json', '--trust', 'pin.txt', 'good.txt', 'odd.txt');
  const [good, odd] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(code, 3);
  assert.equal(good.line, PASSED);
  assert.equal(good.outcome, 'verified');
  assert.equal(good.facts.height, 150);
  assert.equal(good.facts.operation, 'content.anchor');
  assert.equal(good.told.length, 5);
  assert.equal(odd.form.code, 7010);
});

test('a name does not reach the terminal as it is', () => {
  const { out } = run('--trust', 'pin.txt', 'esc\x1b[2Japed.txt');
  assert.match(out, /^esc\\x1b\[2Japed\.txt: verified/);
});

function frame({ trust, file, receipt: bytes }) {
  const fact = file ? Buffer.alloc(40) : Buffer.alloc(0);
  if (file) {
    Buffer.from(file.sha256, 'hex').copy(fact);
    fact.writeBigUInt64BE(BigInt(file.size), 32);
  }
  return Buffer.concat(
    [trust ?? Buffer.alloc(0), fact, bytes].flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

test('harness: one line for each frame, as the corpus says', () => {
  const place = new URL('../../../tests/vectors/receipts/v1/', import.meta.url);
  const bytes = (name) => readFileSync(new URL(name, place));
  const cases = JSON.parse(bytes('corpus.json')).filter((_, i) => i % 5 === 0);
  const input = Buffer.concat(
    cases.map(({ trust, file, receipt: name }) =>
      frame({ trust: trust && bytes(trust), file, receipt: bytes(name) }),
    ),
  );
  const { stdout, status } = spawnSync(process.execPath, [HARNESS], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0);
  assert.equal(stdout, cases.map(({ verdict }) => `${verdict}\n`).join(''));
  assert.equal(spawnSync(process.execPath, [HARNESS], { input: '' }).stdout.length, 0);
  assert.notEqual(spawnSync(process.execPath, [HARNESS], { input: input.subarray(0, 100) }).status, 0);
});

test('words: without finality the place of a record is said to rest on the receipt alone', () => {
  write(
    'bare.stele.json',
    chain.render(chain.build({ kind: 'other', hooks: { certified: (_, b) => b.subarray(0, 108) } }).receipt),
  );
  const { out, code } = run('--trust', 'pin.txt', 'bare.stele.json');
  assert.equal(code, 3);
  assert.match(out, /inclusion +pass +By the receipt's own headers, which nobody is shown to have finalized/);
  assert.match(out, /signer +not checked +Without finality/);
});
