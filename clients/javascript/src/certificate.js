// Certificate: whether it finalizes a header (docs/receipt.md, section 2).

import { Fault, H, bytesOf, same, toHex, u64At } from './bytes.js';
import { parseHeader } from './header.js';
import { textOf } from './lines.js';

const KIND_NOTARIZE = 1;
const KIND_FINALIZE = 3;
const U63_END = 1n << 63n;
const FIXED_BYTES = 1 + 8 + 32 + 8 + 32;

// The header that the certificate finalizes for that epoch under that set, or null if it does not count.
export function headerFinalized(bytes, epoch, set, signatureIsGood) {
  try {
    const certificate = decode(bytes, set.members.length);
    return counts(certificate, epoch, set, signatureIsGood) ? certificate.header : null;
  } catch (fault) {
    if (fault instanceof Fault) return null;
    throw fault;
  }
}

// The certificate's parts; a Fault unless it is one with a header, for n members.
function decode(bytes, n) {
  const bitmapBytes = Math.ceil(n / 8);
  if (bytes.length < FIXED_BYTES + bitmapBytes) throw new Fault('certificate too short');
  if (bytes[0] < KIND_NOTARIZE || bytes[0] > KIND_FINALIZE) throw new Fault('kind');
  const certificate = {
    kind: bytes[0],
    epoch: u64At(bytes, 1),
    setHash: bytes.subarray(9, 41),
    view: u64At(bytes, 41),
    block: bytes.subarray(49, 81),
    signers: signersOf(bytes.subarray(FIXED_BYTES, FIXED_BYTES + bitmapBytes), n),
  };
  if (certificate.epoch >= U63_END || certificate.view >= U63_END) throw new Fault('number');
  const start = FIXED_BYTES + bitmapBytes;
  const end = start + 64 * certificate.signers.length;
  if (bytes.length < end + 2) throw new Fault('certificate too short');
  const headerBytes = (bytes[end] << 8) | bytes[end + 1];
  if (bytes.length !== end + 2 + headerBytes) throw new Fault('length of a certificate');
  certificate.signatures = certificate.signers.map((_, i) =>
    bytes.subarray(start + 64 * i, start + 64 * (i + 1)),
  );
  certificate.header = parseHeader(textOf(bytes.subarray(end + 2)));
  return certificate;
}

// The indices whose bits are set.
function signersOf(bitmap, n) {
  const signers = [];
  for (let i = 0; i < 8 * bitmap.length; i++) {
    if (((bitmap[i >> 3] >> (i & 7)) & 1) === 0) continue;
    if (i >= n) throw new Fault('bit of nobody');
    signers.push(i);
  }
  return signers;
}

function counts(certificate, epoch, set, signatureIsGood) {
  const { header } = certificate;
  if (certificate.kind !== KIND_FINALIZE || certificate.epoch !== epoch) return false;
  if (!same(certificate.setHash, set.hash) || certificate.signers.length < set.quorum) return false;
  if (!same(header.hash, certificate.block) || header.epoch !== epoch) return false;
  if (!same(header.validators, set.hash) || !viewFits(certificate, header)) return false;
  const digest = H(bytesOf(voteText(certificate)));
  return certificate.signers.every((signer, i) =>
    signatureIsGood(set.members[signer].consensus, digest, certificate.signatures[i]),
  );
}

// A header that ends its epoch may be proposed again in later views.
function viewFits(certificate, header) {
  if (header.nextValidators) return header.view <= certificate.view;
  return header.view === certificate.view;
}

function voteText({ header, epoch, setHash, view, block }) {
  return (
    `stele/v1 finalize\nchain ${header.chainHex}\nepoch ${epoch}\nset ${toHex(setHash)}\n` +
    `view ${view}\nblock ${toHex(block)}\n`
  );
}
