// Canonical lines: the texts of docs/protocol.md, section 3, read strictly.

import { Fault } from './bytes.js';

const NUMBER_MAX = (1n << 63n) - 1n;
const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;
const SEGMENT = /^[A-Za-z0-9._-]{1,64}$/;
const NETWORK = /^[a-z0-9.-]{1,64}(\/[a-z0-9.-]{1,32})*$/;
const NETWORK_BYTES_MAX = 110;

export const isSegment = (text) => SEGMENT.test(text);

export const isNetworkName = (text) => NETWORK.test(text) && text.length <= NETWORK_BYTES_MAX;

// The bytes as text; a Fault unless they are UTF-8.  A byte order mark stays, as a character.
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault('not UTF-8');
  }
}

export function decimal(text, min = 0n, max = NUMBER_MAX) {
  if (!DECIMAL.test(text)) throw new Fault('number');
  const value = BigInt(text);
  if (value < min || value > max) throw new Fault('number out of bounds');
  return value;
}

// origin = network name, '/', the first 16 digits of chain.
export function checkOrigin(origin, chainHex) {
  const name = origin.slice(0, -17);
  if (!isNetworkName(name) || origin.slice(-17) !== `/${chainHex.slice(0, 16)}`) throw new Fault('origin');
}

// Walks a text line by line; every line ends with one line feed, the last too.
export class Lines {
  constructor(text) {
    if (!text.endsWith('\n')) throw new Fault('last line is not ended');
    this.lines = text.slice(0, -1).split('\n');
    this.at = 0;
  }

  get ended() {
    return this.at === this.lines.length;
  }

  next() {
    if (this.ended) throw new Fault('line missing');
    return this.lines[this.at++];
  }

  expect(line) {
    if (this.next() !== line) throw new Fault(`not "${line}"`);
  }

  // Whether the next line begins with this word and a space, or is the word.
  nextIs(word) {
    if (this.ended) return false;
    const line = this.lines[this.at];
    return line === word || line.startsWith(`${word} `);
  }

  // What follows `word` on the next line, as one text.
  rest(word) {
    const line = this.next();
    if (!line.startsWith(`${word} `)) throw new Fault(`not "${word}"`);
    return line.slice(word.length + 1);
  }

  // What follows `word` on the next line, as exactly `count` texts without spaces.
  fields(word, count) {
    return fieldsOf(this.rest(word), count);
  }

  // All lines from the next one on, as one text again.
  remainder() {
    const text = `${this.lines.slice(this.at).join('\n')}\n`;
    this.at = this.lines.length;
    return text;
  }
}

export function fieldsOf(text, count) {
  const fields = text.split(' ');
  if (fields.length !== count || fields.some((field) => field === '')) throw new Fault('fields of a line');
  return fields;
}
