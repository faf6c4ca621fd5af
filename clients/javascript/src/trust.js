// Trust: the sets that whoever verifies relies on (docs/receipt.md, section 7).

import { Fault, bytesOf, fromHex } from './bytes.js';
import { parseGenesis } from './genesis.js';
import { Lines, checkOrigin, decimal, textOf } from './lines.js';

const PIN_BYTES_MAX = 65536;
const SETS_MAX = 512;

// Chain, origin, set hashes by epoch, newest epoch and perhaps a head, of a pin or a sealed genesis file;
// a Fault for any other bytes.
export function parseTrust(bytes) {
  return startsWith(bytes, 'stele/v1 pin\n') ? parsePin(bytes) : parseSealed(bytes);
}

function startsWith(bytes, text) {
  return bytesOf(text).every((byte, i) => bytes[i] === byte);
}

function parsePin(bytes) {
  if (bytes.length > PIN_BYTES_MAX) throw new Fault('pin too long');
  const lines = new Lines(textOf(bytes));
  lines.expect('stele/v1 pin');
  const origin = lines.rest('origin');
  const chainHex = lines.rest('chain');
  fromHex(chainHex, 32);
  checkOrigin(origin, chainHex);
  const sets = readSets(lines);
  const head = readHead(lines.fields('head', 4));
  if (!lines.ended) throw new Fault('line behind the pin');
  return { chainHex, origin, sets, newest: [...sets.keys()].pop(), head };
}

function readSets(lines) {
  const sets = new Map();
  let last = null;
  while (lines.nextIs('set')) {
    const [epochText, hash] = lines.fields('set', 2);
    const epoch = decimal(epochText);
    if (sets.size === SETS_MAX || (last !== null && epoch !== last + 1n)) throw new Fault('sets of a pin');
    last = epoch;
    sets.set(epoch, fromHex(hash, 32));
  }
  if (last === null) throw new Fault('no set');
  return sets;
}

function readHead([height, hash, logSize, logRoot]) {
  return {
    height: decimal(height),
    hash: fromHex(hash, 32),
    logSize: decimal(logSize, 1n),
    logRoot: fromHex(logRoot, 32),
  };
}

// Of a sealed genesis file the document alone is read: chain binds it, and it alone.
function parseSealed(bytes) {
  const { chainHex, origin, set } = parseGenesis(textOf(documentOf(bytes)));
  return { chainHex, origin, sets: new Map([[0n, set.hash]]), newest: 0n, head: null };
}

// Up to the first empty line, or to the end.
function documentOf(bytes) {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x0a && (at === 0 || bytes[at - 1] === 0x0a)) return bytes.subarray(0, at);
  }
  return bytes;
}
