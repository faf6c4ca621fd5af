// Signature: ECDSA over secp256k1, r and s of 32 bytes each, s at most half of the order.

import { secp256k1 } from '@noble/curves/secp256k1.js';

const N = secp256k1.CURVE.n;

const number = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

const POINTS_MAX = 4096;
const points = new Map();

// Whether 33 bytes are a point of the curve, compressed.  Remembered: keys of a set stand in a receipt often.
export function isPoint(key) {
  const name = String.fromCharCode(...key);
  let is = points.get(name);
  if (is === undefined) {
    is = decompresses(key);
    if (points.size === POINTS_MAX) points.clear();
    points.set(name, is);
  }
  return is;
}

function decompresses(key) {
  if (key.length !== 33 || (key[0] !== 2 && key[0] !== 3)) return false;
  try {
    secp256k1.Point.fromHex(key);
    return true;
  } catch {
    return false;
  }
}

// Whether the signature of 64 bytes over a digest of 32 is that key's.
export function signatureIsGood(key, digest, signature) {
  const r = number(signature.subarray(0, 32));
  const s = number(signature.subarray(32));
  if (r < 1n || r >= N || s < 1n || s > N / 2n) return false;
  if (!isPoint(key)) return false;
  return secp256k1.verify(signature, digest, key, { lowS: true, prehash: false });
}
