// Status: what has become of the record since (docs/receipt.md, section 4).

import { Fault, H, same, toHex } from './bytes.js';
import { headerFinalized } from './certificate.js';
import { headersOfChanges, isAbove, isOfChain, signingSet } from './finality.js';
import { isSegment } from './lines.js';
import { consistencyHolds } from './merkle.js';
import { treeHolds } from './state-tree.js';
import * as transaction from './transaction.js';
import { U63_MAX, U64_MAX, bytes, number, walk } from './walk.js';

const EXECUTED = 1n;
const CLAIM_WORDS = ['live', 'superseded', 'withdrawn'];
const MOTION_WORDS = ['open', 'executed', 'withdrawn'];

const KEY_TYPE = 0x03;
const KEY_SHAPE = { 1: bytes(33n, 33n, true), 2: bytes(1n, 64n, true), 5: number(1n, U63_MAX) };
const CLAIM_TYPE = 0x20;
const CLAIM_SHAPE = { 2: number(0n, U64_MAX, true), 5: number(1n, 2n), 7: number(0n, U64_MAX) };
const MOTION_TYPE = 0x07;
const MOTION_SHAPE = {
  1: number(0n, U64_MAX, true),
  5: number(1n, 2n),
  9: number(0n, U64_MAX, true),
  10: number(0n, U64_MAX),
};

// If T1 to T4 hold: the status header, the headers below it back to the top, the sets that changed on
// the way, the state word, the signer's organisation and the height its key was revoked from (0: in force).
// Else null.
export function statusOf(receipt, signatureIsGood) {
  const { status, headers } = receipt;
  const top = headers[0];
  const way = status.newer
    ? wayTo(status.newer, receipt, signatureIsGood)
    : { header: top, headers: [], sets: [] };
  if (way === null || !treeHolds(status.tree, status.entries, way.header.state)) return null;
  const told = toldBy(status.entries, receipt);
  return told && { ...way, ...told };
}

// T1 and T2: the newer header, and what leads to it.
function wayTo(newer, receipt, signatureIsGood) {
  const top = receipt.headers[0];
  const set = signingSet(receipt);
  const ends = headersOfChanges(newer.changes, top.epoch, set, top, signatureIsGood);
  if (ends === null) return null;
  const epoch = top.epoch + BigInt(newer.changes.length);
  const reached = signingSet({ set, changes: newer.changes });
  const header = headerFinalized(newer.finalization, epoch, reached, signatureIsGood);
  if (header === null || !isOfChain(header, top)) return null;
  const all = [top, ...ends, header];
  if (!all.every((one, i) => i === 0 || one.text === all[i - 1].text || isAbove(one, all[i - 1])))
    return null;
  if (!consistencyHolds(top.logSize, top.logRoot, header.logSize, header.logRoot, newer.consistency))
    return null;
  return { header, headers: [...ends, header], sets: newer.changes.map((change) => change.set) };
}

// T4: what the entries say, if they are exactly those that belong to the record; else null.
function toldBy(entries, { record, opened, entry, subject }) {
  const { operation, signer, motion } = record.transaction;
  const wanted = [
    { is: (key) => key === `key/${toHex(H(signer))}`, read: (value) => keyTold(value, signer) },
  ];
  if (subject !== null && operation !== transaction.CONTENT_ROLLUP) {
    wanted.push({
      is: (key) => isClaimKey(key, subject.hex),
      read: (value) => claimTold(value, record, entry),
    });
  }
  if (
    [transaction.MOTION_OPEN, transaction.MOTION_APPROVE, transaction.MOTION_WITHDRAW].includes(operation)
  ) {
    wanted.push({
      is: (key) => isMotionKey(key, motion),
      read: (value, key) => motionTold(value, BigInt(key.slice('motion/'.length)), record, opened),
    });
  }
  if (entries.length !== wanted.length) return null;
  const told = wanted.map(({ is, read }) => {
    const found = entries.find(({ key, value }) => value !== null && is(key));
    return found ? valueTold(() => read(found.value, found.key)) : null;
  });
  if (told.includes(null)) return null;
  return Object.assign({ word: 'recorded' }, ...told);
}

// What is read of a value, null where it is not as it must be.
function valueTold(read) {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

function fieldsOf(value, type, shape) {
  if (value[0] !== type) throw new Fault('type of a state value');
  return walk(value.subarray(1), shape);
}

function isClaimKey(key, hex) {
  const claim = `claim/${hex}/`;
  return key === `content/${hex}` || (key.startsWith(claim) && isCount(key.slice(claim.length), 2n));
}

function isMotionKey(key, motion) {
  if (motion !== undefined) return key === `motion/${motion}`;
  return key.startsWith('motion/') && isCount(key.slice('motion/'.length), 1n);
}

function isCount(text, min) {
  if (!/^[1-9][0-9]{0,18}$/.test(text)) return false;
  const count = BigInt(text);
  return count >= min && count <= U63_MAX;
}

function keyTold(value, signer) {
  const fields = fieldsOf(value, KEY_TYPE, KEY_SHAPE);
  const organisation = String.fromCharCode(...fields.get(2));
  if (!same(fields.get(1), signer) || !isSegment(organisation)) return null;
  return { organisation, revokedFrom: fields.get(5) ?? 0n };
}

function claimTold(value, record, entry) {
  const fields = fieldsOf(value, CLAIM_TYPE, CLAIM_SHAPE);
  const place = entry === null ? 0n : entry.index + 1n;
  if (fields.get(2) !== record.logIndex || (fields.get(7) ?? 0n) !== place) return null;
  return { word: CLAIM_WORDS[fields.get(5) ?? 0n] };
}

function motionTold(value, wantedNumber, record, opened) {
  const fields = fieldsOf(value, MOTION_TYPE, MOTION_SHAPE);
  const state = fields.get(5) ?? 0n;
  if (fields.get(1) !== wantedNumber) return null;
  if (record.transaction.operation === transaction.MOTION_OPEN && fields.get(9) !== record.logIndex)
    return null;
  if (opened !== null) {
    const isThisOne = fields.get(9) === opened.logIndex && (fields.get(10) ?? 0n) === record.logIndex;
    if (!isThisOne || state !== EXECUTED) return null;
  }
  return { word: MOTION_WORDS[state] };
}
