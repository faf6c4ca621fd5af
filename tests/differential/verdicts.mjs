#!/usr/bin/env node
// The verdicts of clients/javascript on frames from standard input, one line for each, until it ends:
//   u32be length | trust | u32be 0 or 40 | file: SHA-256, u64be size | u32be length | receipt
// A trust of no bytes is none.  Signatures that were judged once are not judged again.

import { judge } from '../../clients/javascript/src/judge.js';
import { toHex, u64At } from '../../clients/javascript/src/bytes.js';
import { signatureIsGood } from '../../clients/javascript/src/signature.js';

const KNOWN_MAX = 1000000;
const known = new Map();

function remembered(key, digest, signature) {
  const name = toHex(key) + toHex(digest) + toHex(signature);
  let good = known.get(name);
  if (good === undefined) {
    if (known.size === KNOWN_MAX) known.clear();
    good = signatureIsGood(key, digest, signature);
    known.set(name, good);
  }
  return good;
}

// Parts of a stream, by length.
class Parts {
  constructor(stream) {
    this.chunks = stream[Symbol.asyncIterator]();
    this.held = [];
    this.size = 0;
  }

  // Exactly this many bytes; null where the stream ended before the first of them.
  async take(count) {
    while (this.size < count) {
      const { value, done } = await this.chunks.next();
      if (done && this.size === 0) return null;
      if (done) throw new Error('the last frame is cut off');
      this.held.push(value);
      this.size += value.length;
    }
    const all = this.held.length === 1 ? this.held[0] : Buffer.concat(this.held);
    this.held = [all.subarray(count)];
    this.size -= count;
    return all.subarray(0, count);
  }

  async part() {
    const length = await this.take(4);
    if (length === null) return null;
    const part = await this.take(length.readUInt32BE());
    if (part === null) throw new Error('the last frame is cut off');
    return part;
  }
}

const fileOf = (fact) => (fact.length === 0 ? null : { sha256: fact.subarray(0, 32), size: u64At(fact, 32) });

const parts = new Parts(process.stdin);
for (;;) {
  const trust = await parts.part();
  if (trust === null) break;
  const fact = await parts.part();
  const receipt = await parts.part();
  if (receipt === null || (fact.length !== 0 && fact.length !== 40)) throw new Error('no such frame');
  const verdict = judge(receipt, trust.length === 0 ? null : trust, fileOf(fact), remembered);
  process.stdout.write(`${verdict.line}\n`);
}
