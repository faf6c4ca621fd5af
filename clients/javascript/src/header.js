// Header: what a block says of itself and of the ledger after it (docs/ledger.md, section 3).

import { Fault, bytesOf, fromBase64, fromHex, toHex, H } from './bytes.js';
import { Lines, checkOrigin, decimal } from './lines.js';

const HEADER_BYTES_MAX = 2048;
const PROPOSER_MAX = 127n;
const REJECTED_MAX = 65536n;
const NOTHING = toHex(H(new Uint8Array(0)));

// The header that a text is, with `bytes` and `hash` of that text; a Fault for any other text.
export function parseHeader(text) {
  const bytes = bytesOf(text);
  if (bytes.length > HEADER_BYTES_MAX) throw new Fault('header too long');
  const lines = new Lines(text);
  const header = { text, bytes, hash: H(bytes) };
  header.origin = lines.next();
  header.logSize = decimal(lines.next(), 1n);
  header.logRoot = fromBase64(lines.next());
  if (header.logRoot.length !== 32) throw new Fault('log root');
  lines.expect('format stele/v1');
  header.chainHex = lines.rest('chain');
  header.chain = fromHex(header.chainHex, 32);
  checkOrigin(header.origin, header.chainHex);
  header.height = decimal(lines.rest('height'));
  header.epoch = decimal(lines.rest('epoch'));
  header.view = decimal(lines.rest('view'));
  header.parent = fromHex(lines.rest('parent'), 32);
  header.parentView = decimal(lines.rest('parent-view'));
  header.time = decimal(lines.rest('time'));
  header.proposer = decimal(lines.rest('proposer'), 0n, PROPOSER_MAX);
  header.body = fromHex(lines.rest('body'), 32);
  header.state = fromHex(lines.rest('state'), 32);
  readRejected(header, lines.fields('rejected', 2));
  header.validators = fromHex(lines.rest('validators'), 32);
  header.nextValidators = lines.ended ? null : fromHex(lines.rest('next-validators'), 32);
  if (!lines.ended) throw new Fault('line behind the header');
  return header;
}

function readRejected(header, [count, root]) {
  header.rejected = decimal(count, 0n, REJECTED_MAX);
  header.rejectedRoot = fromHex(root, 32);
  if (header.rejected === 0n && root !== NOTHING) throw new Fault('root of nothing rejected');
}
