// Genesis: the document that a chain begins with (docs/ledger.md, section 3).

import { Fault, H, bytesOf, toHex } from './bytes.js';
import { Lines, decimal, fieldsOf, isNetworkName, isSegment } from './lines.js';
import { SetReader } from './set.js';
import { mayBeByMotion, operationNumber } from './transaction.js';

const DOCUMENT_BYTES_MAX = 65534;
const NAME_BYTES_MAX = 256;
const ORGANISATIONS_MAX = 160;
const KEYS_MAX = 8;
const POLICIES_MAX = 64;
const ROLES = ['funder', 'agency', 'applicant', 'reviewer', 'auditor', 'anchorer', 'validator'];
const PURPOSES = ['govern', 'grant', 'content', 'peer', 'review'];
const U63_MAX = (1n << 63n) - 1n;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const NUMBERS = [
  ['epoch-length', 1n, 1000000000n],
  ...['delta', 'fetch', 'build', 'validate', 'disk', 'idle', 'skip'].map((timer) => [
    `timer ${timer}-us`,
    1000n,
    600000000n,
  ]),
  ['timer skew-ms', 1n, 600000n],
  ['timer late-ms', 1n, 600000n],
  ['limit window-ms', 1000n, 600000n],
  ['limit quota-window-ms', 1000n, 86400000n],
  ['limit quota-transactions', 1n, U63_MAX],
  ['limit quota-bytes', 1n, U63_MAX],
  ['limit quota-entries', 1n, U63_MAX],
];

// Chain, origin and set of a document; a Fault for any other text.
export function parseGenesis(text) {
  const bytes = bytesOf(text);
  if (bytes.length > DOCUMENT_BYTES_MAX) throw new Fault('document too long');
  const lines = new Lines(text);
  lines.expect('stele/v1 genesis');
  const name = lines.rest('name');
  if (!isNetworkName(name)) throw new Fault('network name');
  lines.expect('suite secp256k1-sha256');
  decimal(lines.rest('time'), 1n);
  for (const [word, min, max] of NUMBERS) decimal(lines.rest(word), min, max);
  readPolicies(lines);
  const reader = new SetReader();
  const organisations = readOrganisations(lines, reader);
  const set = reader.read(lines.remainder());
  checkSeats(set, organisations);
  const chainHex = toHex(H(bytes));
  return { chainHex, origin: `${name}/${chainHex.slice(0, 16)}`, set };
}

function readPolicies(lines) {
  let last = 0;
  for (let count = 0; lines.nextIs('policy'); count++) {
    if (count === POLICIES_MAX) throw new Fault('too many policies');
    const [operation, roles, approvals, role] = lines.fields('policy', 4);
    const number = operationNumber(operation);
    if (number === undefined || operation.startsWith('motion.') || number <= last) throw new Fault('policy');
    last = number;
    listed(roles, ROLES);
    const needed = decimal(approvals, 0n, 160n);
    if ((needed === 0n) !== (role === '-')) throw new Fault('role of approvals');
    if (needed > 0n && (!ROLES.includes(role) || !mayBeByMotion(operation))) throw new Fault('approvals');
  }
}

// The words of a list joined by commas, which ascend in the order of `known`.
function listed(text, known) {
  const words = text.split(',');
  const places = words.map((word) => known.indexOf(word));
  if (places.some((place, i) => place < 0 || (i > 0 && place <= places[i - 1])))
    throw new Fault('list of words');
  return words;
}

function readOrganisations(lines, reader) {
  const organisations = new Map();
  const keys = new Set();
  let last = '';
  while (lines.nextIs('organisation')) {
    const id = lines.rest('organisation');
    if (!isSegment(id) || id <= last || organisations.size === ORGANISATIONS_MAX)
      throw new Fault('organisation');
    last = id;
    readNames(lines);
    const roles = listed(lines.rest('roles'), ROLES);
    organisations.set(id, { roles, ...readKeys(lines, reader, keys) });
  }
  if (organisations.size === 0) throw new Fault('no organisation');
  return organisations;
}

function readNames(lines) {
  const names = [];
  for (const word of ['name-zh', 'name-en']) {
    if (lines.nextIs(word)) names.push(lines.rest(word));
  }
  if (names.length === 0) throw new Fault('no name');
  for (const name of names) {
    const { length } = bytesOf(name);
    if (length < 1 || length > NAME_BYTES_MAX || CONTROL.test(name)) throw new Fault('name');
  }
}

// The keys of an organisation; `keys` holds all of the document.
function readKeys(lines, reader, keys) {
  const own = [];
  let last = '';
  while (lines.nextIs('key')) {
    const [hex, purposes] = lines.fields('key', 2);
    reader.point(hex);
    if (hex <= last || keys.has(hex) || own.length === KEYS_MAX) throw new Fault('key');
    last = hex;
    keys.add(hex);
    own.push({ hex, purposes: listed(purposes, PURPOSES) });
  }
  if (own.length === 0) throw new Fault('no key');
  return { keys: own };
}

// Each validator's organisation is there, is a validator, and can govern; its keys are nobody's else.
function checkSeats(set, organisations) {
  const taken = new Set([...organisations.values()].flatMap(({ keys }) => keys.map(({ hex }) => hex)));
  for (const { organisation, consensusHex, nodeHex } of set.members) {
    const seat = organisations.get(organisation);
    if (!seat || !seat.roles.includes('validator')) throw new Fault('organisation of a validator');
    if (!seat.keys.some(({ purposes }) => purposes.includes('govern')))
      throw new Fault('no key that governs');
    if (taken.has(consensusHex) || taken.has(nodeHex)) throw new Fault('key stands there twice');
  }
}
