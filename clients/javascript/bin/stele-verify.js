#!/usr/bin/env node
// stele-verify: verifies files by the receipts beside them.  Opens no connection.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { outcome, resultWord, tell, verify } from '../src/index.js';

const USAGE = `Usage: stele-verify [--trust FILE] [--json | --line] FILE...

Verifies each FILE by the receipt beside it, FILE.stele.json.  A FILE that ends with .stele.json is a
receipt; the file it names lies beside it, or there is none.

  --trust FILE   the sealed genesis file of the network, or a pin; without one nobody vouches
  --json         one JSON object for each FILE
  --line         the verdict alone, one line for each FILE (docs/receipt.md, section 5)
  --help         this text

Exit code: 0 verified, 2 usage, 3 a check failed, 5 nobody vouches for the validators, 10 a file cannot be
read.  Of several the gravest: 3, 10, 5, 0.
`;

const SUFFIX = '.stele.json';
const RECEIPT_BYTES = 4194305; // one more than a receipt may have
const TRUST_BYTES = 1048576; // no document and no pin is as long
const EXIT = { verified: 0, usage: 2, failed: 3, unknown: 5, unreadable: 10 };
const GRAVEST = [EXIT.failed, EXIT.unreadable, EXIT.unknown, EXIT.verified];
const PROGRESS_AFTER_MS = 1000;

// A name as it is safe to show on a terminal.
const shown = (name) =>
  name.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

function options(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      trust: { type: 'string' },
      json: { type: 'boolean' },
      line: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (!values.help && (positionals.length === 0 || (values.json && values.line)))
    throw new Error('see --help');
  return { ...values, files: positionals };
}

// At most `max` bytes from the beginning of a file.
async function beginning(path, max) {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(max);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, max - length, length);
      if (bytesRead === 0) return bytes.subarray(0, length);
      length += bytesRead;
    }
  } finally {
    await file.close();
  }
}

// SHA-256 and size of a file, however big; says how far it is when that takes long.
async function hashed(path) {
  const { size: expected } = await stat(path);
  const hash = createHash('sha256');
  const teller = progress(path, expected);
  let size = 0n;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    size += BigInt(chunk.length);
    teller.at(Number(size));
  }
  teller.end();
  return { sha256: new Uint8Array(hash.digest()), size };
}

function progress(path, expected) {
  let next = Date.now() + PROGRESS_AFTER_MS;
  let told = false;
  return {
    at(size) {
      if (!process.stderr.isTTY || Date.now() < next) return;
      next = Date.now() + 100;
      told = true;
      const share = expected > 0 ? Math.min(100, Math.floor((100 * size) / expected)) : 0;
      process.stderr.write(`\r\x1b[K${shown(path)}: ${share} %`);
    },
    end() {
      if (told) process.stderr.write('\r\x1b[K');
    },
  };
}

async function exists(path) {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

async function check(path, trust) {
  const isReceipt = path.endsWith(SUFFIX);
  const receiptPath = isReceipt ? path : path + SUFFIX;
  if (!isReceipt && (await exists(path)) && !(await exists(receiptPath)))
    throw new Error(`no receipt ${SUFFIX} lies beside it`);
  const filePath = isReceipt ? path.slice(0, -SUFFIX.length) : path;
  const receipt = await beginning(receiptPath, RECEIPT_BYTES);
  const file = !isReceipt || (await exists(filePath)) ? await hashed(filePath) : null;
  return verify(receipt, { trust, file });
}

// JSON has no big integers: numbers up to 2^53 - 1, decimal text above.
const plain = (_, value) => {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
};

function print(path, verdict, { json, line }) {
  if (line) return `${verdict.line}\n`;
  const told = tell(verdict);
  if (json) return `${JSON.stringify({ file: path, outcome: outcome(verdict), ...verdict, told }, plain)}\n`;
  const rows = told.map(
    ({ name, result, code, text }) =>
      `  ${name.padEnd(10)} ${(resultWord(result) + (code ? ` E${code}` : '')).padEnd(18)} ${text}`,
  );
  return `${shown(path)}: ${outcome(verdict)}\n${rows.join('\n')}\n`;
}

function complain(path, error) {
  process.stderr.write(`stele-verify: ${shown(path)}: ${shown(error.message)}\n`);
  return EXIT.unreadable;
}

async function main() {
  let chosen;
  try {
    chosen = options(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`stele-verify: ${shown(error.message)}\n`);
    return EXIT.usage;
  }
  if (chosen.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  let trust = null;
  try {
    if (chosen.trust !== undefined) trust = await beginning(chosen.trust, TRUST_BYTES);
  } catch (error) {
    return complain(chosen.trust, error);
  }
  const codes = [];
  for (const path of chosen.files) {
    try {
      const verdict = await check(path, trust);
      process.stdout.write(print(path, verdict, chosen));
      codes.push(verdict.trust ? EXIT.unreadable : EXIT[outcome(verdict)]);
    } catch (error) {
      codes.push(complain(path, error));
    }
  }
  return GRAVEST.find((code) => codes.includes(code));
}

process.exitCode = await main();
