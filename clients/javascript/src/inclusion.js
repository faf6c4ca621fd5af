// Inclusion: whether the record stands in the log at that height, signed (docs/receipt.md, section 5).

import { same } from './bytes.js';
import { isOfChain } from './finality.js';
import { inclusionHolds, leafHash } from './merkle.js';
import { MOTION_OPEN } from './transaction.js';

const KIND_TRANSACTION = Uint8Array.of(1);

// Whether I1 to I5 hold.
export function isIncluded(receipt, signatureIsGood) {
  const { record, opened, entry, headers } = receipt;
  const top = headers[0];
  const leaves = opened ? [record, opened] : [record];
  return (
    isOfHeight(receipt, headers[headers.length - 1]) &&
    leaves.every((leaf) => stands(leaf, top) && isSigned(leaf.transaction, top, signatureIsGood)) &&
    (entry === null || isInside(entry, record.transaction)) &&
    (opened === null || isOpening(opened, record))
  );
}

// I1: the record is a leaf of the last header's own block.
function isOfHeight({ record, previous }, last) {
  return (
    same(previous.hash, last.parent) &&
    isOfChain(previous, last) &&
    previous.height + 1n === last.height &&
    previous.logSize <= record.logIndex &&
    record.logIndex < last.logSize
  );
}

// I2
function stands({ transaction, logIndex, path }, top) {
  const hash = leafHash(KIND_TRANSACTION, transaction.envelope);
  return inclusionHolds(hash, logIndex, top.logSize, path, top.logRoot);
}

// I3
function isSigned({ chain, signer, digest, signature }, top, signatureIsGood) {
  return same(chain, top.chain) && signatureIsGood(signer, digest, signature);
}

// I4
function isInside({ data, index, path }, { count, root }) {
  return inclusionHolds(leafHash(data), index, count, path, root);
}

// I5
function isOpening(opened, record) {
  return opened.transaction.operation === MOTION_OPEN && opened.logIndex < record.logIndex;
}
