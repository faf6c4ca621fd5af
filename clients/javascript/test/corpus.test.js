// The corpus of receipts, good and bad, with the verdict on each: tests/vectors/receipts/v1.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { verify } from '../src/index.js';

const place = new URL('../../../tests/vectors/receipts/v1/', import.meta.url);
const bytes = (name) => readFileSync(new URL(name, place));

for (const { name, receipt, trust, file, verdict } of JSON.parse(bytes('corpus.json'))) {
  test(`corpus: ${name}`, () => {
    assert.equal(verify(bytes(receipt), { trust: trust ? bytes(trust) : null, file }).line, verdict);
  });
}
