// The frozen vectors of the formats, and the corpus of receipts with the verdict on each.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { headerFinalized } from '../src/certificate.js';
import { parseHeader } from '../src/header.js';
import { SetReader } from '../src/set.js';
import { signatureIsGood } from '../src/signature.js';
import { parseTransaction } from '../src/transaction.js';
import { hex, setOf } from './chain.js';

const place = new URL('../../../tests/vectors/', import.meta.url);
const vectors = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, place)));
const genesis = vectors('genesis');
const set = new SetReader().read(genesis.set);

test('headers parse to what they say', () => {
  for (const vector of vectors('headers').headers) {
    const header = parseHeader(vector.text);
    assert.equal(header.origin, genesis.origin);
    assert.equal(header.height, BigInt(vector.height));
    assert.equal(header.logSize, BigInt(vector.log_size));
    assert.equal(hex(header.logRoot), vector.log_root);
    assert.equal(hex(header.parent), vector.parent);
    assert.equal(header.nextValidators && hex(header.nextValidators), vector.next);
  }
});

test('a quorum is all but the third that may be faulty', () => {
  for (const [count, quorum] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
    [5, 4],
    [6, 5],
    [7, 5],
    [10, 7],
    [128, 86],
  ]) {
    const names = Array.from({ length: count }, (_, i) => `Q${i}`);
    assert.equal(new SetReader().read(setOf(names).text).quorum, quorum);
  }
});

test('certificates: those that are good and finalize count, no others', () => {
  assert.equal(hex(set.hash), genesis.set_hash);
  let good = 0;
  for (const { name, error, bytes } of vectors('certificates').certificates) {
    const given = Buffer.from(bytes, 'hex');
    const counts = headerFinalized(given, given.readBigUInt64BE(1), set, signatureIsGood) !== null;
    assert.equal(counts, error === 0 && given[0] === 3, name);
    good += counts;
  }
  assert.ok(good > 0);
});

test('transactions: good ones are read, and signed by whom they say', () => {
  for (const { name, raw, id, number } of vectors('transactions').transactions) {
    const given = Buffer.from(raw, 'hex');
    const bare = withoutAttachment(given);
    const transaction = parseTransaction(bare);
    assert.equal(hex(transaction.digest), id, name);
    assert.equal(transaction.operation, number, name);
    assert.ok(signatureIsGood(transaction.signer, transaction.digest, transaction.signature), name);
  }
});

// Body and signature alone, as a leaf has them.
function withoutAttachment(bytes) {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return bytes.subarray(0, at + length + 66);
}
