// State tree: whether entries stand under a state root, or are absent (docs/receipt.md, section 6).

import { Fault, H, same } from './bytes.js';
import { leafHash, nodeHash } from './merkle.js';
import { Cursor } from './walk.js';

const DEPTH_MAX = 256;
const EMPTY = new Uint8Array(32);
const BOTH = 1;
const OWN_LEAF = 2;
const OTHER_LEAF = 3;
const NOTHING = 4;

const bitAt = (hash, depth) => (hash[depth >> 3] >> (7 - (depth & 7))) & 1;

// Entries are {keyHash, value}, value null where absent, ascending by keyHash.
export function treeHolds(tree, entries, root) {
  try {
    const walker = new Walker(tree);
    const hash = walker.subtree(entries, 0, new Uint8Array(32));
    return walker.cursor.ended && same(hash, root);
  } catch (fault) {
    if (fault instanceof Fault) return false;
    throw fault;
  }
}

class Walker {
  constructor(tree) {
    this.cursor = new Cursor(tree);
  }

  // The hash of the subtree at that depth whose keys begin with the first `depth` bits of prefix.
  subtree(entries, depth, prefix) {
    if (entries.length === 0) return this.cursor.take(32n);
    const [what] = this.cursor.take(1n);
    if (what === BOTH) return this.node(entries, depth, prefix);
    const present = entries.filter((entry) => entry.value !== null);
    if (what === OWN_LEAF) {
      if (present.length !== 1) throw new Fault('not one present entry');
      return leafHash(present[0].keyHash, H(present[0].value));
    }
    if (present.length !== 0) throw new Fault('entry is not present');
    if (what === OTHER_LEAF) return this.otherLeaf(entries, depth, prefix);
    if (what === NOTHING) return EMPTY;
    throw new Fault('unknown byte');
  }

  node(entries, depth, prefix) {
    if (depth === DEPTH_MAX) throw new Fault('too deep');
    const lefts = entries.filter((entry) => bitAt(entry.keyHash, depth) === 0);
    const rights = entries.filter((entry) => bitAt(entry.keyHash, depth) === 1);
    const left = this.subtree(lefts, depth + 1, prefix);
    const rightPrefix = prefix.slice();
    rightPrefix[depth >> 3] |= 0x80 >> (depth & 7);
    return nodeHash(left, this.subtree(rights, depth + 1, rightPrefix));
  }

  otherLeaf(entries, depth, prefix) {
    const keyHash = this.cursor.take(32n);
    const valueHash = this.cursor.take(32n);
    for (let i = 0; i < depth; i++) {
      if (bitAt(keyHash, i) !== bitAt(prefix, i)) throw new Fault('key of another subtree');
    }
    if (entries.some((entry) => same(entry.keyHash, keyHash))) throw new Fault('key of an entry');
    return leafHash(keyHash, valueHash);
  }
}
