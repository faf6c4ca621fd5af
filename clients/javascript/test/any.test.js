// Whatever the bytes: there is a verdict line, and nothing is thrown.
// STELE_SEED, STELE_COUNT: another seed, more of them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { verify } from '../src/index.js';
import { render } from './chain.js';

const place = new URL('../../../tests/vectors/receipts/v1/', import.meta.url);
const bytes = (name) => readFileSync(new URL(name, place));
const good = JSON.parse(bytes('corpus.json')).filter(({ receipt }) => receipt.startsWith('good/'));
const LINE = new RegExp(
  '^(trust|form 701[01]|content (pass|fail|open) \\d+ inclusion (pass|fail) \\d+ finality (pass|fail) \\d+ ' +
    'signer (pass|fail|open) \\d+ status (pass|fail|open) \\d+ former \\d+ ' +
    'state (-|live|superseded|withdrawn|open|executed|recorded))$',
);

// Numbers below n that follow from the seed alone.
function numbers(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const VALUES = [0, 1, 2 ** 53 - 1, -1, 1.5, '', 'x', 'AA==', '\n', '0'.repeat(64), [], [[]], {}, true, 'é'];

// A place of the text gets another value, a member goes or comes, or two places change theirs.
function changed(value, next) {
  const places = [];
  const walk = (at) => {
    for (const name of Object.keys(at)) {
      places.push([at, name]);
      if (typeof at[name] === 'object') walk(at[name]);
    }
  };
  walk(value);
  const [at, name] = places[next(places.length)];
  const [from, other] = places[next(places.length)];
  const how = next(5);
  if (how === 0) at[name] = VALUES[next(VALUES.length)];
  else if (how === 1 && Array.isArray(at)) at.splice(Number(name), 1);
  else if (how === 1) delete at[name];
  else if (how === 2) at[name] = structuredClone(from[other]);
  else if (how === 3 && typeof at[name] === 'string') at[name] = cut(at[name], next);
  else if (how === 3 && typeof at[name] === 'number') at[name] += next(3) - 1;
  else at[`${name}x`] = structuredClone(from[other]);
}

function cut(text, next) {
  const at = next(text.length + 1);
  return text.slice(0, at) + 'A/0\n'[next(4)] + text.slice(at + next(2));
}

function flipped(given, next) {
  const other = Uint8Array.from(given);
  for (let times = next(3); times >= 0; times--) other[next(other.length)] ^= 1 << next(8);
  return next(4) === 0 ? other.subarray(0, next(other.length)) : other;
}

test('any bytes have a verdict', () => {
  const seed = Number(process.env.STELE_SEED ?? 1);
  const next = numbers(seed);
  for (let i = 0; i < Number(process.env.STELE_COUNT ?? 250); i++) {
    const { receipt, trust, file } = good[next(good.length)];
    let given = bytes(receipt);
    if (next(4) === 0) {
      given = flipped(given, next);
    } else {
      const value = JSON.parse(given);
      for (let times = next(2); times >= 0; times--) changed(value, next);
      given = render(value);
    }
    const trusted = trust && (next(10) === 0 ? flipped(bytes(trust), next) : bytes(trust));
    assert.match(verify(given, { trust: trusted, file }).line, LINE, `seed ${seed}, number ${i}`);
  }
});
