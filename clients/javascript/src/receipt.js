// Receipt: the parts of a receipt, each of the form it must have (docs/receipt.md, sections 1 to 4).

import { Fault, H, bytesOf, compare, fromBase64, fromHex } from './bytes.js';
import { parseHeader } from './header.js';
import { isSegment } from './lines.js';
import { SetReader } from './set.js';
import { parseText } from './text.js';
import * as transaction from './transaction.js';

const RECEIPT_BYTES_MAX = 4194304;
const VERSION = 1;
const HEADERS_MAX = 1024;
const CHANGES_MAX = 512;
const CERTIFICATE_BYTES = [108, 12288];
const PATH_MAX = 63;
const CONSISTENCY_MAX = 126;
const TREE_BYTES_MAX = 65536;
const ENTRIES_MAX = 4;
const KEY_BYTES_MAX = 255;
const VALUE_BYTES = [1, 16384];
const BATCH_ENTRY_BYTES = [1, 93];

// Thrown for a receipt of a version that this verifier does not know.
export class UnknownVersion extends Fault {}

// The parts of the receipt that the bytes hold; a Fault, or UnknownVersion, if they hold none.
export function parseReceipt(bytes) {
  const text = parseText(bytes, RECEIPT_BYTES_MAX);
  if (typeof text.get('stele_receipt') === 'number' && text.get('stele_receipt') !== VERSION) {
    throw new UnknownVersion('version');
  }
  const read = members(
    text,
    ['finalization', 'headers', 'previous', 'record', 'set', 'set_changes', 'stele_receipt'],
    ['entry', 'opened', 'status', 'subject'],
  );
  numberOf(read.stele_receipt);
  const sets = new SetReader();
  const receipt = {
    record: leaf(read.record),
    opened: optional(read.opened, leaf),
    entry: optional(read.entry, entryOfTree),
    subject: optional(read.subject, subject),
    headers: list(read.headers, 1, HEADERS_MAX).map((header) => parseHeader(textOf(header))),
    finalization: bytesOfText(read.finalization, CERTIFICATE_BYTES),
    set: sets.read(textOf(read.set)),
    changes: changes(read.set_changes, sets),
    previous: parseHeader(textOf(read.previous)),
    status: optional(read.status, (value) => status(value, sets)),
  };
  checkFit(receipt);
  return receipt;
}

// Which parts may stand together, by the operation of the record.
function checkFit({ record, opened, entry, subject: content }) {
  const { operation } = record.transaction;
  const holdsEntries = operation === transaction.CONTENT_BATCH || operation === transaction.CONTENT_ROLLUP;
  if (opened && operation !== transaction.MOTION_APPROVE) throw new Fault('opened');
  if (entry && !holdsEntries) throw new Fault('entry');
  const hasContent = operation === transaction.CONTENT_ANCHOR || entry !== null;
  if (hasContent !== (content !== null)) throw new Fault('subject');
}

// ---- members and types

// The members of an object, which are the needed ones and perhaps the others, and none besides.
function members(value, needed, others = []) {
  if (!(value instanceof Map)) throw new Fault('not an object');
  for (const name of needed) {
    if (!value.has(name)) throw new Fault(`no ${name}`);
  }
  for (const name of value.keys()) {
    if (!needed.includes(name) && !others.includes(name)) throw new Fault('unknown member');
  }
  return Object.fromEntries(value);
}

const optional = (value, read) => (value === undefined ? null : read(value));

function textOf(value) {
  if (typeof value !== 'string') throw new Fault('not a text');
  return value;
}

function numberOf(value) {
  if (typeof value !== 'number') throw new Fault('not a number');
  return BigInt(value);
}

function list(value, min, max) {
  if (!Array.isArray(value) || value.length < min || value.length > max) throw new Fault('not such an array');
  return value;
}

const hash = (value) => fromHex(textOf(value), 32);

const hashes = (value, max) => list(value, 0, max).map(hash);

function bytesOfText(value, [min, max]) {
  const bytes = fromBase64(textOf(value));
  if (bytes.length < min || bytes.length > max) throw new Fault('length of bytes');
  return bytes;
}

// ---- parts

function leaf(value) {
  const read = members(value, ['log_index', 'path', 'transaction']);
  return {
    logIndex: numberOf(read.log_index),
    path: hashes(read.path, PATH_MAX),
    transaction: transaction.parseTransaction(fromBase64(textOf(read.transaction))),
  };
}

function entryOfTree(value) {
  const read = members(value, ['data', 'index', 'path']);
  const data = bytesOfText(read.data, BATCH_ENTRY_BYTES);
  return {
    data,
    index: numberOf(read.index),
    path: hashes(read.path, PATH_MAX),
    ...transaction.parseBatchEntry(data),
  };
}

function subject(value) {
  const read = members(value, ['sha256', 'size']);
  return { sha256: hash(read.sha256), hex: read.sha256, size: numberOf(read.size) };
}

function changes(value, sets) {
  return list(value, 0, CHANGES_MAX).map((change) => {
    const read = members(change, ['finalization', 'set']);
    return {
      finalization: bytesOfText(read.finalization, CERTIFICATE_BYTES),
      set: sets.read(textOf(read.set)),
    };
  });
}

function status(value, sets) {
  const read = members(value, ['entries', 'tree'], ['consistency', 'finalization', 'set_changes']);
  const given = [read.consistency, read.finalization, read.set_changes].filter((part) => part !== undefined);
  if (given.length !== 0 && given.length !== 3) throw new Fault('all three or none');
  return {
    entries: entries(read.entries),
    tree: bytesOfText(read.tree, [0, TREE_BYTES_MAX]),
    newer:
      given.length === 0
        ? null
        : {
            consistency: hashes(read.consistency, CONSISTENCY_MAX),
            finalization: bytesOfText(read.finalization, CERTIFICATE_BYTES),
            changes: changes(read.set_changes, sets),
          },
  };
}

function entries(value) {
  const all = list(value, 1, ENTRIES_MAX).map(stateEntry);
  for (let i = 1; i < all.length; i++) {
    if (compare(all[i - 1].keyHash, all[i].keyHash) >= 0) throw new Fault('entries out of order');
  }
  return all;
}

function stateEntry(value) {
  const read = members(value, ['key'], ['value']);
  const key = textOf(read.key);
  if (key.length > KEY_BYTES_MAX || !key.split('/').every(isSegment)) throw new Fault('key');
  return {
    key,
    keyHash: H(bytesOf(key)),
    value: optional(read.value, (bytes) => bytesOfText(bytes, VALUE_BYTES)),
  };
}
