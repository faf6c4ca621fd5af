// Bytes: how they are written as text, compared and hashed.

import { sha256 } from '@noble/hashes/sha2.js';

// Thrown where something read from outside breaks a rule of form; whoever reads it gives the verdict.
export class Fault extends Error {}

const utf8 = new TextEncoder();

export const H = (...parts) => sha256(concat(...parts));

export const bytesOf = (text) => utf8.encode(text);

export function concat(...parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Below, equal or above 0, as the first differing byte says; a prefix goes before what it begins.
export function compare(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}

export const same = (a, b) => compare(a, b) === 0;

export const isZero = (bytes) => bytes.every((byte) => byte === 0);

export function toHex(bytes) {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

// The bytes of lower-case hex; a Fault unless there are exactly `length` of them.
export function fromHex(text, length) {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) throw new Fault('hex');
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGIT = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) DIGIT[ALPHABET.charCodeAt(i)] = i;

function digitAt(text, at) {
  const code = text.charCodeAt(at);
  const digit = code < 128 ? DIGIT[code] : -1;
  if (digit < 0) throw new Fault('base64');
  return digit;
}

// The bytes of base64 (RFC 4648, padded, unused bits zero); a Fault for any other text.
export function fromBase64(text) {
  if (text.length % 4 !== 0) throw new Fault('base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    bits = ((bits << 6) | digitAt(text, i)) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw new Fault('base64');
  return bytes;
}

export function toBase64(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k < 4; k++) {
      text += i + k > bytes.length ? '=' : ALPHABET[(three >> (18 - 6 * k)) & 63];
    }
  }
  return text;
}

// Big-endian, unsigned.
export function u64At(bytes, at) {
  let value = 0n;
  for (let i = 0; i < 8; i++) value = (value << 8n) | BigInt(bytes[at + i]);
  return value;
}
