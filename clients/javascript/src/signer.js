// Signer: whether a trust vouches for the sets that finalized (docs/receipt.md, section 7).

import { same, toHex } from './bytes.js';

export const SIGNER_UNKNOWN = 7015;
export const NO_TRUST = 7016;
export const NOT_REACHED = 7018;
export const OTHER_HISTORY = 7019;

const judged = (result, code, former = 0) => ({ result, code, former });

// Called where finality passed.  ends: headers of the cover's set changes; status: what passed, or null.
export function signerOf(receipt, ends, status, trust) {
  const top = receipt.headers[0];
  if (toHex(top.chain) !== trust.chainHex || top.origin !== trust.origin)
    return judged('fail', SIGNER_UNKNOWN); // S1
  const headers = [...receipt.headers, ...ends, ...(status ? status.headers : [])];
  if (trust.head && headers.some((header) => contradicts(header, trust.head))) {
    return judged('fail', OTHER_HISTORY); // S2
  }
  const told = [receipt.set, ...receipt.changes.map((change) => change.set), ...(status ? status.sets : [])];
  const first = top.epoch - BigInt(receipt.changes.length);
  const shared = told
    .map((set, i) => [set, trust.sets.get(first + BigInt(i)), i])
    .filter(([, pinned]) => pinned);
  // S3: no set vouches for those before it
  if (!shared.some(([, , i]) => i <= receipt.changes.length)) return judged('open', NOT_REACHED);
  if (!shared.every(([set, pinned]) => same(set.hash, pinned))) return judged('fail', SIGNER_UNKNOWN); // S4
  const newestTold = first + BigInt(told.length - 1);
  return judged('pass', 0, formerSets(top.epoch, newestTold, trust.newest)); // S5
}

const contradicts = (header, head) => header.height === head.height && !same(header.hash, head.hash);

// How many of the sets that are relied on were replaced since, as far as is known here.
function formerSets(signing, newestTold, newestTrusted) {
  const from = newestTrusted < newestTold ? newestTrusted : newestTold;
  const until = newestTrusted > newestTold ? newestTrusted : newestTold;
  let former = signing < from && signing < until ? 1 : 0;
  for (let epoch = from; epoch <= newestTold; epoch++) {
    if (epoch < until) former++;
  }
  return former;
}
