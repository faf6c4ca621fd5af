// stele-verify: verifies receipts of a Stele ledger (docs/receipt.md), offline.  Opens no connection and
// reads no file: what is to be judged is given.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOf, fromHex } from './bytes.js';
import { judge } from './judge.js';
import { signatureIsGood } from './signature.js';

export { outcome, resultWord, tell, when } from './words.js';

// The verdict on a receipt, whatever its bytes are: {line, form, content, inclusion, finality, signer,
// status, former, state, facts}; each finding {result: 'pass' | 'fail' | 'open', code}; line of section 5.
//   receipt  Uint8Array or string
//   trust    a sealed genesis file or a pin, Uint8Array or string; without one nobody vouches
//   file     {sha256, size} of the file in question: 32 bytes or hex, and a number or BigInt
export function verify(receipt, { trust = null, file = null } = {}) {
  return judge(asBytes(receipt), trust === null ? null : asBytes(trust), asFile(file), signatureIsGood);
}

// Takes a file piece by piece: update(bytes) any number of times, then facts() for verify.
export function fileHash() {
  const hash = sha256.create();
  let size = 0n;
  return {
    update(bytes) {
      hash.update(bytes);
      size += BigInt(bytes.length);
    },
    facts: () => ({ sha256: hash.digest(), size }),
  };
}

const asBytes = (given) => (typeof given === 'string' ? bytesOf(given) : given);

function asFile(file) {
  if (file === null) return null;
  const sha = typeof file.sha256 === 'string' ? fromHex(file.sha256, 32) : file.sha256;
  return { sha256: sha, size: BigInt(file.size) };
}
