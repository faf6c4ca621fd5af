// Canonical JSON: the one text that a value has (docs/receipt.md, section 1).

import { Fault } from './bytes.js';

const DEPTH_MAX = 32;

// The object that the bytes hold: objects as Map, arrays, strings, numbers.  A Fault unless they are
// canonical and at most `bytesMax` long.
export function parseText(bytes, bytesMax) {
  if (bytes.length > bytesMax) throw new Fault('text too long');
  const reader = new Reader(bytes);
  if (reader.peek() !== 0x7b) throw new Fault('not an object');
  const value = reader.value(1);
  reader.expect(0x0a);
  if (reader.at !== bytes.length) throw new Fault('something behind the text');
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  // The next byte, or -1 at the end.
  peek() {
    return this.at < this.bytes.length ? this.bytes[this.at] : -1;
  }

  expect(byte) {
    if (this.peek() !== byte) throw new Fault('unexpected character');
    this.at++;
  }

  skips(byte) {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  value(depth) {
    const byte = this.peek();
    if (byte === 0x22) return this.string();
    if (byte >= 0x30 && byte <= 0x39) return this.number();
    if (depth > DEPTH_MAX) throw new Fault('nested too deep');
    if (byte === 0x7b) return this.object(depth);
    if (byte === 0x5b) return this.array(depth);
    throw new Fault('unexpected character');
  }

  object(depth) {
    const members = new Map();
    let last = null;
    this.expect(0x7b);
    if (this.skips(0x7d)) return members;
    do {
      const name = this.string();
      if (last !== null && name <= last) throw new Fault('members out of order');
      last = name;
      this.expect(0x3a);
      members.set(name, this.value(depth + 1));
    } while (this.skips(0x2c));
    this.expect(0x7d);
    return members;
  }

  array(depth) {
    const items = [];
    this.expect(0x5b);
    if (this.skips(0x5d)) return items;
    do {
      items.push(this.value(depth + 1));
    } while (this.skips(0x2c));
    this.expect(0x5d);
    return items;
  }

  number() {
    const start = this.at;
    let value = 0;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) {
      value = value * 10 + (this.bytes[this.at++] - 0x30);
      if (value > Number.MAX_SAFE_INTEGER) throw new Fault('number above 2^53 - 1');
    }
    if (this.bytes[start] === 0x30 && this.at - start > 1) throw new Fault('leading zero');
    return value;
  }

  string() {
    const runs = [];
    this.expect(0x22);
    let start = this.at;
    for (;;) {
      const byte = this.peek();
      if (byte < 0x20 || byte > 0x7e) throw new Fault('character');
      if (byte !== 0x22 && byte !== 0x5c) {
        this.at++;
        continue;
      }
      runs.push(ascii(this.bytes.subarray(start, this.at)));
      this.at++;
      if (byte === 0x22) return runs.join('');
      runs.push(this.escaped());
      start = this.at;
    }
  }

  escaped() {
    const byte = this.peek();
    this.at++;
    if (byte === 0x22) return '"';
    if (byte === 0x5c) return '\\';
    if (byte === 0x6e) return '\n';
    throw new Fault('escape');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const ascii = (bytes) => decoder.decode(bytes);
