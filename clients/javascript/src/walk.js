// Walk: messages of protocol buffers, as far as a verifier reads them (docs/receipt.md, section 3).

import { Fault } from './bytes.js';

const U64_END = 1n << 64n;
const FIELD_MAX = (1n << 29n) - 1n;
const VARINT_BYTES_MAX = 10;

// What a field may hold.
export const number = (min, max, needed = false) => ({ type: 0, min, max, needed });
export const bytes = (min, max, needed = false) => ({ type: 2, min, max, needed });

export const U63_MAX = (1n << 63n) - 1n;
export const U64_MAX = U64_END - 1n;

// Reads what stands one behind the other in bytes; a Fault where they end too soon.
export class Cursor {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  get ended() {
    return this.at === this.data.length;
  }

  take(count) {
    if (count > BigInt(this.data.length - this.at)) throw new Fault('bytes missing');
    const part = this.data.subarray(this.at, this.at + Number(count));
    this.at += part.length;
    return part;
  }

  // These bytes, exactly.
  expect(...wanted) {
    for (const byte of wanted) {
      if (this.ended || this.data[this.at] !== byte) throw new Fault('unexpected byte');
      this.at++;
    }
  }

  // At most 10 bytes, minimal, below 2^64.
  varint() {
    let value = 0n;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const [byte] = this.take(1n);
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte & 0x80) continue;
      if ((byte === 0 && i > 0) || value >= U64_END) throw new Fault('varint');
      return value;
    }
    throw new Fault('varint too long');
  }

  tag() {
    const tag = this.varint();
    const field = tag >> 3n;
    if (field < 1n || field > FIELD_MAX) throw new Fault('field number');
    return { field: Number(field), type: Number(tag & 7n) };
  }
}

// The values of the fields that `shape` lists (field number to what it may hold), by field number.
export function walk(data, shape) {
  const cursor = new Cursor(data);
  const values = new Map();
  let last = 0;
  while (!cursor.ended) {
    const { field, type } = cursor.tag();
    if (field < last) throw new Fault('fields fall');
    last = field;
    if (type !== 0 && type !== 2) throw new Fault('wire type');
    const value = type === 0 ? cursor.varint() : cursor.take(cursor.varint());
    const wanted = shape[field];
    if (!wanted) continue;
    if (values.has(field)) throw new Fault('field stands there twice');
    checkField(wanted, type, value);
    values.set(field, value);
  }
  for (const field of Object.keys(shape)) {
    if (shape[field].needed && !values.has(Number(field))) throw new Fault('field missing');
  }
  return values;
}

function checkField(wanted, type, value) {
  const size = type === 0 ? value : BigInt(value.length);
  if (type !== wanted.type || size < wanted.min || size > wanted.max) throw new Fault('field out of bounds');
}
