// Trees: paths of the log and proofs of the state, of every shape, against trees built whole.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consistencyHolds, inclusionHolds, leafHash } from '../src/merkle.js';
import { treeHolds } from '../src/state-tree.js';
import * as chain from './chain.js';

const { bytesOf, H, join } = chain;
const leaves = Array.from({ length: 40 }, (_, i) => bytesOf(`leaf ${i}`));
const roots = [null, ...leaves.map((_, i) => chain.logRoot(leaves.slice(0, i + 1)))];

test('log: each leaf of each size, at its own index and at no other', () => {
  for (let size = 1; size <= 20; size++) {
    for (let index = 0; index < size; index++) {
      const path = chain.logPath(index, leaves.slice(0, size));
      const holds = (at, of) =>
        inclusionHolds(leafHash(leaves[index]), BigInt(at), BigInt(of), path, roots[of]);
      for (let at = 0; at <= size; at++)
        assert.equal(holds(at, size), at === index, `${index} of ${size} at ${at}`);
      assert.equal(
        inclusionHolds(
          leafHash(leaves[index]),
          BigInt(index),
          BigInt(size),
          [...path, roots[1]],
          roots[size],
        ),
        false,
      );
    }
  }
});

test('log: each prefix of each size, and no other', () => {
  for (let second = 1; second <= 20; second++) {
    for (let first = 1; first <= second; first++) {
      const path = chain.consistency(first, leaves.slice(0, second));
      const holds = (m, n, hashes) => consistencyHolds(BigInt(m), roots[m], BigInt(n), roots[n], hashes);
      assert.equal(holds(first, second, path), true, `${first} of ${second}`);
      assert.equal(holds(first, second, [...path, roots[1]]), false);
      if (path.length) assert.equal(holds(first, second, path.slice(0, -1)), false);
      if (first < second) {
        const isDeeper = consistencyHolds(
          BigInt(first),
          roots[first],
          BigInt(4 * second),
          roots[second],
          path,
        );
        assert.equal(isDeeper, false, `${first} of ${4 * second}`);
        assert.equal(holds(second, first, path), false);
        assert.equal(
          consistencyHolds(BigInt(first), roots[first + 1], BigInt(second), roots[second], path),
          false,
        );
        assert.equal(
          consistencyHolds(BigInt(first), roots[first], BigInt(second), roots[first], path),
          false,
        );
      }
    }
  }
});

test('log: indices above 2^32 are none of the small ones', () => {
  const path = chain.logPath(3, leaves.slice(0, 8));
  assert.equal(
    inclusionHolds(leafHash(leaves[3]), 3n + (1n << 32n), 8n + (1n << 32n), path, roots[8]),
    false,
  );
});

const state = new Map(Array.from({ length: 30 }, (_, i) => [`org/O${i}`, bytesOf(`value ${i}`)]));
const root = chain.stateRoot(state);

function entriesOf(keys, values = state) {
  return keys
    .map((key) => ({ key, keyHash: H(bytesOf(key)), value: values.get(key) ?? null }))
    .sort((a, b) => Buffer.compare(a.keyHash, b.keyHash));
}

const proof = (entries) =>
  chain.stateProof(
    state,
    entries.map(({ key }) => key),
  );

test('state: present and absent keys, alone and together', () => {
  const keys = [
    ...Array.from({ length: 30 }, (_, i) => `org/O${i}`),
    ...Array.from({ length: 60 }, (_, i) => `none/${i}`),
  ];
  for (const key of keys) assert.ok(treeHolds(proof(entriesOf([key])), entriesOf([key]), root), key);
  for (let count = 2; count <= keys.length; count += 7) {
    const entries = entriesOf(keys.filter((_, i) => (i * 31) % keys.length < count));
    assert.ok(treeHolds(proof(entries), entries, root), `${count} keys`);
  }
});

test('state: no proof holds with one byte changed, cut or added', () => {
  const entries = entriesOf(['org/O1', 'org/O7', 'none/1', 'none/4']);
  const tree = proof(entries);
  for (let at = 0; at < tree.length; at++) {
    const other = Uint8Array.from(tree);
    other[at] ^= 1;
    assert.equal(treeHolds(other, entries, root), false, `byte ${at}`);
    assert.equal(treeHolds(tree.subarray(0, at), entries, root), false);
  }
  assert.equal(treeHolds(join(tree, Uint8Array.of(4)), entries, root), false);
  assert.equal(treeHolds(tree, entries, chain.NOTHING), false);
});

test('state: a present key is not absent, an absent one not present, a value not another', () => {
  for (const [key, value] of [
    ['org/O1', null],
    ['none/1', bytesOf('value 1')],
    ['org/O1', bytesOf('value 2')],
  ]) {
    const entries = [{ key, keyHash: H(bytesOf(key)), value }];
    const tree = proof(entriesOf([key]));
    assert.equal(treeHolds(tree, entries, root), false);
    for (const what of [1, 2, 3, 4]) {
      const other = Uint8Array.from(tree);
      const at = tree.findIndex((byte, i) => byte !== 1 && tree.subarray(0, i).every((one) => one === 1));
      other[at] = what;
      assert.equal(treeHolds(other, entries, root), false);
    }
  }
});

test('state: a whole state of no key and of one', () => {
  const empty = new Uint8Array(32);
  const absent = entriesOf(['a'], new Map());
  assert.ok(treeHolds(Uint8Array.of(4), absent, empty));
  const one = new Map([['a', bytesOf('x')]]);
  assert.ok(treeHolds(Uint8Array.of(2), entriesOf(['a'], one), chain.stateRoot(one)));
  assert.ok(treeHolds(chain.stateProof(one, ['b']), entriesOf(['b'], one), chain.stateRoot(one)));
  assert.equal(
    treeHolds(join(Uint8Array.of(3), H(bytesOf('a')), H(bytesOf('x'))), absent, chain.stateRoot(one)),
    false,
  );
});

test('state: the other leaf has to lie in the subtree where it is shown', () => {
  // Two leaves, left and right; the proof of absence shows the right one on the left.
  const bit = (key) => H(bytesOf(key))[0] >> 7;
  const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
  const [left, right, asked] = [
    names.find((n) => bit(n) === 0),
    names.find((n) => bit(n) === 1),
    names.filter((n) => bit(n) === 0)[1],
  ];
  const hashOf = (name) => leafHash(H(bytesOf(name)), H(bytesOf('v')));
  const shown = (name) => join(Uint8Array.of(1, 3), H(bytesOf(name)), H(bytesOf('v')), hashOf(right));
  const rootOf = (name) => H(Uint8Array.of(1), hashOf(name), hashOf(right));
  assert.ok(treeHolds(shown(left), entriesOf([asked], new Map()), rootOf(left)));
  assert.equal(treeHolds(shown(right), entriesOf([asked], new Map()), rootOf(right)), false);
});

test('state: two present entries are not one leaf, and no node lies at depth 256', () => {
  const two = entriesOf(['org/O1', 'org/O2']);
  assert.equal(treeHolds(Uint8Array.of(2), two, leafHash(two[0].keyHash, H(two[0].value))), false);
  const [one] = entriesOf(['org/O1']);
  let hash = leafHash(one.keyHash, H(one.value));
  const parts = [];
  const ends = [];
  const empty = new Uint8Array(32);
  for (let depth = 256; depth >= 0; depth--) {
    const isRight = depth < 256 && (one.keyHash[depth >> 3] >> (7 - (depth & 7))) & 1;
    parts.unshift(isRight ? join(Uint8Array.of(1), empty) : Uint8Array.of(1));
    if (!isRight) ends.push(empty);
    hash = isRight ? H(Uint8Array.of(1), empty, hash) : H(Uint8Array.of(1), hash, empty);
  }
  const tree = join(...parts, Uint8Array.of(2), ...ends);
  assert.equal(treeHolds(tree, [one], hash), false);
});
