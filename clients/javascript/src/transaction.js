// Transaction: the signed record, as far as a verifier reads it (docs/receipt.md, section 3).

import { Fault, H, bytesOf } from './bytes.js';
import { Cursor, U63_MAX, U64_MAX, bytes, number, walk } from './walk.js';

export const MOTION_OPEN = 16;
export const MOTION_APPROVE = 17;
export const MOTION_WITHDRAW = 18;
export const CONTENT_ANCHOR = 81;
export const CONTENT_BATCH = 82;
export const CONTENT_ROLLUP = 83;

const NAMES = new Map([
  [16, 'motion.open'],
  [17, 'motion.approve'],
  [18, 'motion.withdraw'],
  [20, 'org.register'],
  [21, 'org.status'],
  [22, 'key.add'],
  [23, 'key.rotate'],
  [24, 'key.revoke'],
  [25, 'policy.set'],
  [26, 'validators.set'],
  [27, 'validator.ready'],
  [28, 'upgrade.plan'],
  [40, 'programme.create'],
  [41, 'programme.amend'],
  [42, 'programme.close'],
  [43, 'call.publish'],
  [44, 'call.amend'],
  [45, 'call.cancel'],
  [46, 'proposal.commit'],
  [47, 'proposal.withdraw'],
  [48, 'proposal.reveal'],
  [49, 'panel.appoint'],
  [50, 'coi.declare'],
  [51, 'review.commit'],
  [52, 'review.reveal'],
  [53, 'decision.publish'],
  [54, 'objection.file'],
  [55, 'objection.resolve'],
  [60, 'award.grant'],
  [61, 'award.accept'],
  [62, 'award.amend'],
  [63, 'award.import'],
  [64, 'milestone.claim'],
  [65, 'milestone.assess'],
  [66, 'disbursement.record'],
  [67, 'disbursement.reverse'],
  [68, 'award.suspend'],
  [69, 'award.resume'],
  [70, 'award.terminate'],
  [71, 'award.complete'],
  [72, 'award.close'],
  [73, 'recovery.demand'],
  [74, 'recovery.receive'],
  [80, 'content.commit'],
  [81, 'content.anchor'],
  [82, 'content.batch'],
  [83, 'content.rollup'],
  [84, 'content.propagate'],
  [85, 'content.supersede'],
  [86, 'content.withdraw'],
  [87, 'content.delegate'],
  [100, 'note.attach'],
]);

// Operations that no motion can carry, by name (docs/ledger.md, section 1).
const NEVER_BY_MOTION = new Set([
  'motion.open',
  'motion.approve',
  'motion.withdraw',
  'validator.ready',
  'proposal.commit',
  'proposal.withdraw',
  'proposal.reveal',
  'coi.declare',
  'review.commit',
  'review.reveal',
  'objection.file',
  'award.accept',
  'milestone.claim',
  'content.commit',
  'content.anchor',
  'content.batch',
  'content.rollup',
  'content.propagate',
  'content.supersede',
  'content.withdraw',
  'content.delegate',
  'note.attach',
]);

const NUMBERS = new Map([...NAMES].map(([operation, name]) => [name, operation]));

export const operationName = (operation) => NAMES.get(operation);
export const operationNumber = (name) => NUMBERS.get(name);
export const mayBeByMotion = (name) => !NEVER_BY_MOTION.has(name);

const ENVELOPE_BYTES_MAX = 65534;
const BODY_BYTES_MAX = 65450n;
const DOMAIN = bytesOf('stele/v1 transaction\n');

const MOTION = { 1: number(1n, U63_MAX, true) };
const CONTENT = { 1: bytes(32n, 32n, true), 2: number(1n, U63_MAX) };
const SHAPES = {
  [MOTION_APPROVE]: MOTION,
  [MOTION_WITHDRAW]: MOTION,
  [CONTENT_ANCHOR]: CONTENT,
  [CONTENT_BATCH]: { 1: number(1n, 4096n, true), 2: bytes(32n, 32n, true) },
  [CONTENT_ROLLUP]: { 1: bytes(32n, 32n, true), 2: number(1n, 1n << 40n, true) },
};

// The transaction that an envelope holds; a Fault for any other bytes.
export function parseTransaction(envelope) {
  if (envelope.length > ENVELOPE_BYTES_MAX) throw new Fault('transaction too long');
  const cursor = new Cursor(envelope);
  cursor.expect(0x0a);
  const length = cursor.varint();
  if (length < 1n || length > BODY_BYTES_MAX) throw new Fault('length of the body');
  const body = cursor.take(length);
  cursor.expect(0x12, 0x40);
  const signature = cursor.take(64n);
  if (!cursor.ended) throw new Fault('something behind the signature');
  return { envelope, signature, digest: H(DOMAIN, body), ...parseBody(body) };
}

function parseBody(body) {
  const cursor = new Cursor(body);
  cursor.expect(0x0a, 0x20);
  const chain = cursor.take(32n);
  cursor.expect(0x12, 0x21);
  const signer = cursor.take(33n);
  if (signer[0] !== 2 && signer[0] !== 3) throw new Fault('signer');
  let tag = cursor.tag();
  for (const [field, max] of [
    [3, U63_MAX],
    [4, U64_MAX],
  ]) {
    if (tag.field !== field) continue;
    const value = cursor.varint();
    if (tag.type !== 0 || value < 1n || value > max) throw new Fault('number in the body');
    tag = cursor.tag();
  }
  if (tag.type !== 2 || !NAMES.has(tag.field)) throw new Fault('operation');
  const message = cursor.take(cursor.varint());
  if (!cursor.ended) throw new Fault('something behind the operation');
  return { chain, signer, operation: tag.field, ...fieldsOf(tag.field, message) };
}

// What the operation says that a verifier reads: motion; content and size; count and root.
function fieldsOf(operation, message) {
  const shape = SHAPES[operation];
  if (!shape) return {};
  const values = walk(message, shape);
  switch (operation) {
    case MOTION_APPROVE:
    case MOTION_WITHDRAW:
      return { motion: values.get(1) };
    case CONTENT_ANCHOR:
      return contentOf(values);
    case CONTENT_BATCH:
      return { count: values.get(1), root: values.get(2) };
    default:
      return { count: values.get(2), root: values.get(1) };
  }
}

const contentOf = (values) => ({ content: values.get(1), size: values.get(2) ?? 0n });

// The content and size that the bytes of a BatchEntry say.
export const parseBatchEntry = (data) => contentOf(walk(data, CONTENT));
