// Finality: whether the sets of a cover finalized its headers (docs/receipt.md, section 2).

import { same } from './bytes.js';
import { headerFinalized } from './certificate.js';

// The headers that ended epochs, oldest first, if F1 to F5 hold for the cover; else null.
export function finalityOf(cover, signatureIsGood) {
  const { headers, finalization, set, changes } = cover;
  const top = headers[0];
  const last = headers[headers.length - 1];
  const first = top.epoch - BigInt(changes.length); // F1
  if (first < 0n || !headersHang(headers)) return null;
  const ends = headersOfChanges(changes, first, set, top, signatureIsGood);
  if (ends === null || !risesTo(ends, last)) return null;
  const header = headerFinalized(finalization, top.epoch, signingSet(cover), signatureIsGood);
  if (header === null || header.text !== top.text) return null; // F5
  return ends;
}

export const signingSet = ({ set, changes }) => (changes.length ? changes[changes.length - 1].set : set);

// F2: the headers that ended epochs from `epoch` on, the first of them under `set`; else null.
export function headersOfChanges(changes, epoch, set, top, signatureIsGood) {
  const ends = [];
  for (const change of changes) {
    const header = headerFinalized(change.finalization, epoch + BigInt(ends.length), set, signatureIsGood);
    if (header === null || !isOfChain(header, top) || header.nextValidators === null) return null;
    if (!same(header.nextValidators, change.set.hash)) return null;
    ends.push(header);
    set = change.set;
  }
  return ends;
}

export const isOfChain = (header, top) => same(header.chain, top.chain) && header.origin === top.origin;

export const isAbove = (newer, older) => newer.height > older.height && newer.time > older.time;

// F3
function risesTo(ends, last) {
  const all = [...ends, last];
  return all.every((header, i) => i === 0 || isAbove(header, all[i - 1]));
}

// F4
function headersHang(headers) {
  return headers.every((header, i) => i === 0 || isParent(header, headers[i - 1]));
}

function isParent(parent, child) {
  return (
    same(parent.hash, child.parent) &&
    child.height === parent.height + 1n &&
    child.time > parent.time &&
    child.logSize >= parent.logSize &&
    isOfChain(parent, child) &&
    parent.epoch === child.epoch &&
    same(parent.validators, child.validators) &&
    parent.nextValidators === null
  );
}
