// Content: whether a file is what the record speaks of (docs/receipt.md, section 5).

import { same } from './bytes.js';
import { CONTENT_ROLLUP } from './transaction.js';

// 'pass', 'fail' or 'open'.  file: {sha256, size}, or null.
export function contentOf({ record, entry, subject }, file) {
  if (subject === null) return file === null ? 'open' : 'fail';
  const said = entry ?? record.transaction;
  const anySize = record.transaction.operation === CONTENT_ROLLUP && said.size === 0n;
  if (!same(subject.sha256, said.content) || !(anySize || subject.size === said.size)) return 'fail';
  if (file === null) return 'open';
  return same(file.sha256, subject.sha256) && (anySize || file.size === subject.size) ? 'pass' : 'fail';
}
