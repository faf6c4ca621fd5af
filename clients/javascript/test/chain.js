// A small chain of its own: keys, sets, headers, certificates, a log and a state, and receipts from them.
// Written from docs/ and sharing no code with what it tests, but for the curve and the hash.

import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';

const utf8 = new TextEncoder();
export const bytesOf = (text) => utf8.encode(text);
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const base64 = (bytes) => Buffer.from(bytes).toString('base64');
export const join = (...parts) => new Uint8Array(Buffer.concat(parts));
export const H = (...parts) => sha256(join(...parts));
const byte = (value) => Uint8Array.of(value);

// ---- canonical JSON

export function render(value) {
  return `${rendered(value)}\n`;
}

function rendered(value) {
  if (Array.isArray(value)) return `[${value.map(rendered).join(',')}]`;
  if (typeof value === 'object') {
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${rendered(value[name])}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

// ---- keys and sets

const N = secp256k1.CURVE.n;
const pairs = new Map();

export function pair(name) {
  if (!pairs.has(name)) {
    const secret = sha256(bytesOf(`test key ${name}`));
    pairs.set(name, { secret, key: secp256k1.getPublicKey(secret, true) });
  }
  return pairs.get(name);
}

export const sign = (secret, digest) =>
  secp256k1.sign(digest, secret, { prehash: false }).toCompactRawBytes();

export function highS(signature) {
  const s = N - BigInt(`0x${hex(signature.subarray(32))}`);
  return join(signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex'));
}

// A set of the members with these names: {text, hash, secrets in the order of the text}.
export function setOf(names) {
  const members = names.map((name) => ({ name, ...pair(name), node: pair(`node ${name}`).key }));
  members.sort((a, b) => Buffer.compare(a.key, b.key));
  const lines = members.map(({ name, key, node }) => `${name} ORG-${name} ${hex(key)} ${hex(node)}\n`);
  const text = `stele/v1 set\n${lines.join('')}`;
  return { text, hash: sha256(bytesOf(text)), secrets: members.map(({ secret }) => secret), members };
}

// ---- protocol buffers

export function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export const numberField = (field, value) => join(varint(field << 3), varint(value));
export const bytesField = (field, value) => join(varint((field << 3) | 2), varint(value.length), value);

// ---- log

const leafHash = (data) => H(byte(0), data);

function largestPower(count) {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
}

export function logRoot(leaves) {
  if (leaves.length === 1) return leafHash(leaves[0]);
  const k = largestPower(leaves.length);
  return H(byte(1), logRoot(leaves.slice(0, k)), logRoot(leaves.slice(k)));
}

export function logPath(index, leaves) {
  if (leaves.length === 1) return [];
  const k = largestPower(leaves.length);
  return index < k
    ? [...logPath(index, leaves.slice(0, k)), logRoot(leaves.slice(k))]
    : [...logPath(index - k, leaves.slice(k)), logRoot(leaves.slice(0, k))];
}

// From the first m leaves to all; nothing where there are no more.
export const consistency = (m, leaves) => (m >= leaves.length ? [] : subproof(m, leaves, true));

function subproof(m, leaves, isWhole) {
  if (m === leaves.length) return isWhole ? [] : [logRoot(leaves)];
  const k = largestPower(leaves.length);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), isWhole), logRoot(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), logRoot(leaves.slice(0, k))];
}

// ---- state

const EMPTY = new Uint8Array(32);
const bit = (hash, depth) => (hash[depth >> 3] >> (7 - (depth % 8))) & 1;

const leavesOf = (state) => [...state].map(([key, value]) => ({ key: H(bytesOf(key)), value }));

function subtreeHash(leaves, depth) {
  if (leaves.length === 0) return EMPTY;
  if (leaves.length === 1) return H(byte(0), leaves[0].key, H(leaves[0].value));
  return H(
    byte(1),
    ...[0, 1].map((side) =>
      subtreeHash(
        leaves.filter(({ key }) => bit(key, depth) === side),
        depth + 1,
      ),
    ),
  );
}

export const stateRoot = (state) => subtreeHash(leavesOf(state), 0);

// The proof of all these keys together, present or absent.
export function stateProof(state, keys) {
  return proofBelow(
    leavesOf(state),
    keys.map((key) => H(bytesOf(key))),
    0,
  );
}

function proofBelow(leaves, wanted, depth) {
  if (wanted.length === 0) return subtreeHash(leaves, depth);
  if (leaves.length === 0) return byte(4);
  if (leaves.length === 1) {
    const [leaf] = leaves;
    const isWanted = wanted.some((key) => Buffer.compare(key, leaf.key) === 0);
    return isWanted ? byte(2) : join(byte(3), leaf.key, H(leaf.value));
  }
  const below = [0, 1].map((side) =>
    proofBelow(
      leaves.filter(({ key }) => bit(key, depth) === side),
      wanted.filter((key) => bit(key, depth) === side),
      depth + 1,
    ),
  );
  return join(byte(1), ...below);
}

// ---- headers and certificates

export const CHAIN = sha256(bytesOf('a document of the test chain'));
export const NOTHING = sha256(new Uint8Array(0));

export const originOf = (chain, name = 'test.stele') => `${name}/${hex(chain).slice(0, 16)}`;

export function headerText(h) {
  return (
    `${h.origin}\n${h.logSize}\n${base64(h.logRoot)}\nformat stele/v1\nchain ${hex(h.chain)}\n` +
    `height ${h.height}\nepoch ${h.epoch}\nview ${h.view}\nparent ${hex(h.parent)}\n` +
    `parent-view ${h.parentView}\n` +
    `time ${h.time}\nproposer ${h.proposer}\nbody ${hex(h.body)}\nstate ${hex(h.state)}\n` +
    `rejected ${h.rejected} ${hex(h.rejectedRoot)}\nvalidators ${hex(h.validators)}\n` +
    (h.next ? `next-validators ${hex(h.next)}\n` : '')
  );
}

export function voteText(c) {
  return (
    `stele/v1 finalize\nchain ${hex(c.chain)}\nepoch ${c.epoch}\nset ${hex(c.setHash)}\nview ${c.view}\n` +
    `block ${hex(c.block)}\n`
  );
}

function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function certificateBytes(c) {
  const bitmap = new Uint8Array(Math.ceil(c.count / 8));
  for (const signer of c.signers) bitmap[signer >> 3] |= 1 << (signer & 7);
  const header = bytesOf(c.header);
  return join(
    byte(c.kind),
    u64(c.epoch),
    c.setHash,
    u64(c.view),
    c.block,
    bitmap,
    ...c.signatures,
    Uint8Array.of(header.length >> 8, header.length & 255),
    header,
  );
}

// ---- receipts

export const SETS = [
  ['A', 'B', 'C', 'D'],
  ['B', 'C', 'D', 'E'],
  ['C', 'D', 'E', 'F'],
  ['D', 'E', 'F', 'G'],
].map(setOf);
export const FILE = bytesOf('what was claimed\n');
export const SIGNER = pair('signer');
const LEAF_AT = 9;
const OPENED_AT = 6;

const content = (data, size) => join(bytesField(1, H(data)), size ? numberField(2, size) : new Uint8Array(0));

// Items of a batch or a roll-up; the one in question is at 2.
const ITEMS = [0, 1, 2, 3, 4].map((i) =>
  i === 2 ? content(FILE, FILE.length) : content(bytesOf(`item ${i}`), 10 + i),
);

const KINDS = {
  anchor: () => ({ operation: 81, message: content(FILE, FILE.length) }),
  batch: ({ items }) => ({
    operation: 82,
    message: join(numberField(1, items.length), bytesField(2, logRoot(items))),
  }),
  rollup: ({ items }) => ({
    operation: 83,
    message: join(bytesField(1, logRoot(items)), numberField(2, items.length)),
  }),
  open: () => ({ operation: 16, message: bytesOf('what is carried') }),
  approve: () => ({ operation: 17, message: numberField(1, 5) }),
  withdraw: () => ({ operation: 18, message: numberField(1, 5) }),
  other: () => ({ operation: 60, message: new Uint8Array(0) }),
};

export function envelope(t) {
  const body = join(
    bytesField(1, t.chain),
    bytesField(2, t.signer.key),
    numberField(3, 1800000000000),
    numberField(4, 7),
    bytesField(t.operation, t.message),
  );
  const signature = sign(t.signer.secret, H(bytesOf('stele/v1 transaction\n'), body));
  return join(bytesField(1, body), bytesField(2, signature));
}

const keyName = () => `key/${hex(H(SIGNER.key))}`;
const contentName = () => `content/${hex(H(FILE))}`;

// The entries that status needs, by key.
function statusValues(kind) {
  const values = new Map([
    [keyName(), join(byte(3), bytesField(1, SIGNER.key), bytesField(2, bytesOf('ORG-X')), numberField(3, 4))],
  ]);
  if (kind === 'anchor')
    values.set(contentName(), join(byte(0x20), bytesField(1, bytesOf('ORG-X')), numberField(2, LEAF_AT)));
  if (kind === 'batch')
    values.set(contentName(), join(byte(0x20), numberField(2, LEAF_AT), numberField(7, 3)));
  if (kind === 'open') values.set('motion/5', join(byte(7), numberField(1, 5), numberField(9, LEAF_AT)));
  if (kind === 'withdraw')
    values.set('motion/5', join(byte(7), numberField(1, 5), numberField(5, 2), numberField(9, 3)));
  if (kind === 'approve') {
    values.set(
      'motion/5',
      join(
        byte(7),
        numberField(1, 5),
        numberField(5, 1),
        numberField(9, OPENED_AT),
        numberField(10, LEAF_AT),
      ),
    );
  }
  return values;
}

const none = () => {};

// A receipt in epoch 1, whose cover tells of epochs 0 and 1 and whose status, with a newer header, of 2.
// hooks, all optional, change parts before whatever rests on them is made:
//   transaction(t), opened(t), items(list), values(map), header(name, fields), certificate(name, parts),
//   certified(name, bytes) which gives bytes, receipt(object).
// names: end, previous, last, middle, top, newEnd, newer.
// settings: kind, status (true), newer (true), opened (of approve, true), openedAt (6), headers (3)
export function build(settings = {}) {
  const { kind = 'anchor', status = true, newer = true, headers: count = 3 } = settings;
  const hooks = {
    transaction: none,
    opened: none,
    items: none,
    values: none,
    header: none,
    certificate: none,
    certified: (_, bytes) => bytes,
    receipt: none,
    ...settings.hooks,
  };
  const items = ITEMS.slice();
  hooks.items(items);
  const record = { chain: CHAIN, signer: SIGNER, ...KINDS[kind]({ items }) };
  hooks.transaction(record);
  const opening = {
    chain: CHAIN,
    signer: pair('opener'),
    operation: 16,
    message: bytesOf('what is carried'),
  };
  hooks.opened(opening);
  const transactions = {
    record: record.envelope ?? envelope(record),
    opened: opening.envelope ?? envelope(opening),
  };
  const leaves = Array.from({ length: 24 }, (_, i) => bytesOf(`leaf ${i}`));
  leaves[LEAF_AT] = join(byte(1), transactions.record);
  const { openedAt = OPENED_AT } = settings;
  leaves[openedAt] = join(byte(1), transactions.opened);

  const values = statusValues(kind);
  hooks.values(values);
  const wanted = [...values.keys()];
  const state = new Map([...values].filter(([, value]) => value !== null));
  for (let i = 0; i < 40; i++) state.set(`org/O${i}`, bytesOf(`organisation ${i}`));
  const oldState = new Map([...state, ['org/OLD', bytesOf('as of the top')]]);

  let parent = EMPTY;
  const texts = {};
  const made = {};
  const header = (name, height, logSize, epoch, more = {}) => {
    const fields = {
      origin: originOf(CHAIN),
      chain: CHAIN,
      logSize,
      logRoot: logRoot(leaves.slice(0, logSize)),
      height,
      epoch,
      view: height + 5,
      parent,
      parentView: height + 4,
      time: 1763800000000 + 1000 * height,
      proposer: 1,
      body: NOTHING,
      state: stateRoot(oldState),
      rejected: 0,
      rejectedRoot: NOTHING,
      validators: SETS[epoch].hash,
      next: null,
      ...more,
    };
    hooks.header(name, fields);
    made[name] = fields;
    texts[name] = headerText(fields);
    parent = sha256(bytesOf(texts[name]));
  };
  header('end', 100, 5, 0, { next: SETS[1].hash });
  header('previous', 149, 8, 1);
  header('last', 150, 11, 1);
  header('middle', 151, 11, 1);
  header('top', 152, 13, 1);
  if (count === 1) ((texts.top = texts.last), (made.top = made.last));
  header('newEnd', 200, 17, 1, { next: SETS[2].hash });
  header('newer', 300, 22, 2, { state: stateRoot(state) });

  const certificate = (name) => {
    const fields = made[name];
    const set = SETS[fields.epoch] ?? SETS[0];
    const parts = {
      kind: 3,
      epoch: fields.epoch,
      setHash: set.hash,
      view: fields.view,
      block: sha256(bytesOf(texts[name])),
      chain: fields.chain,
      header: texts[name],
      signers: [0, 1, 3],
      count: set.secrets.length,
      set,
    };
    hooks.certificate(name, parts);
    const digest = sha256(bytesOf(voteText(parts)));
    parts.signatures =
      parts.signatures ?? parts.signers.map((signer) => sign(parts.set.secrets[signer], digest));
    return base64(hooks.certified(name, certificateBytes(parts)));
  };

  const topSize = made.top.logSize;
  const leaf = (at, transaction) => ({
    log_index: at,
    path: logPath(at, leaves.slice(0, topSize)).map(hex),
    transaction: base64(transaction),
  });
  const receipt = {
    stele_receipt: 1,
    record: leaf(LEAF_AT, transactions.record),
    headers: count === 1 ? [texts.top] : [texts.top, texts.middle, texts.last],
    finalization: certificate('top'),
    set: SETS[0].text,
    set_changes: [{ finalization: certificate('end'), set: SETS[1].text }],
    previous: texts.previous,
  };
  if (kind === 'approve' && settings.opened !== false) receipt.opened = leaf(openedAt, transactions.opened);
  if (kind === 'batch' || kind === 'rollup') {
    receipt.entry = { data: base64(items[2]), index: 2, path: logPath(2, items).map(hex) };
  }
  if (['anchor', 'batch', 'rollup'].includes(kind))
    receipt.subject = { sha256: hex(H(FILE)), size: FILE.length };
  if (status) {
    const under = newer ? state : oldState;
    const sorted = wanted.sort((a, b) => Buffer.compare(H(bytesOf(a)), H(bytesOf(b))));
    receipt.status = {
      entries: sorted.map((key) => (state.has(key) ? { key, value: base64(state.get(key)) } : { key })),
      tree: base64(stateProof(under, sorted)),
    };
    if (newer) {
      Object.assign(receipt.status, {
        consistency: consistency(topSize, leaves.slice(0, made.newer.logSize)).map(hex),
        finalization: certificate('newer'),
        set_changes: [{ finalization: certificate('newEnd'), set: SETS[2].text }],
      });
    }
  }
  hooks.receipt(receipt, { texts, made, leaves, state, oldState });
  return { receipt, texts, made, leaves, state, oldState };
}

export const file = { sha256: H(FILE), size: FILE.length };

// A pin of these epochs' sets.
export function pin({ epochs = [0, 1, 2], head, origin = originOf(CHAIN), chain = CHAIN, sets = SETS } = {}) {
  const at = head ?? { height: 1, hash: NOTHING, logSize: 1, logRoot: NOTHING };
  return (
    `stele/v1 pin\norigin ${origin}\nchain ${hex(chain)}\n` +
    epochs.map((epoch) => `set ${epoch} ${hex(sets[epoch].hash)}\n`).join('') +
    `head ${at.height} ${hex(at.hash)} ${at.logSize} ${hex(at.logRoot)}\n`
  );
}
