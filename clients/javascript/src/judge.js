// Judge: the one form and five findings of a receipt (docs/receipt.md, section 5).

import { Fault } from './bytes.js';
import { contentOf } from './content.js';
import { factsOf } from './facts.js';
import { finalityOf } from './finality.js';
import { isIncluded } from './inclusion.js';
import { UnknownVersion, parseReceipt } from './receipt.js';
import { NO_TRUST, signerOf } from './signer.js';
import { statusOf } from './status.js';
import { parseTrust } from './trust.js';

export const FINDINGS = ['content', 'inclusion', 'finality', 'signer', 'status'];
export const FORM = 7010;
export const VERSION = 7011;
export const CONTENT = 7012;
export const INCLUSION = 7013;
export const FINALITY = 7014;
export const STATUS = 7017;

const PASS = { result: 'pass', code: 0 };
const OPEN = { result: 'open', code: 0 };
const passIf = (holds, code) => (holds ? PASS : { result: 'fail', code });

// The verdict on a receipt.  trust: bytes, or null; file: {sha256, size}, or null.  signatureIsGood answers
// for (key, digest, signature).
export function judge(receiptBytes, trustBytes, file, signatureIsGood) {
  const trust = trustBytes === null ? null : parsed(() => parseTrust(trustBytes));
  if (trust instanceof Fault) return { trust: { result: 'fail' }, line: 'trust' };
  const receipt = parsed(() => parseReceipt(receiptBytes));
  if (receipt instanceof Fault) return formVerdict(receipt);
  const content = contentOf(receipt, file);
  const ends = finalityOf(receipt, signatureIsGood);
  const status = receipt.status && ends && statusOf(receipt, signatureIsGood);
  const findings = {
    content: content === 'fail' ? { result: 'fail', code: CONTENT } : { result: content, code: 0 },
    inclusion: passIf(isIncluded(receipt, signatureIsGood), INCLUSION),
    finality: passIf(ends !== null, FINALITY),
    signer: signerFinding(receipt, ends, status, trust),
    status: receipt.status && ends ? passIf(status !== null, STATUS) : OPEN,
    state: status ? status.word : '-',
  };
  return withLine({ form: PASS, ...findings }, receipt, status);
}

// What read() gives, or the Fault that it throws.
function parsed(read) {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

function formVerdict(fault) {
  const code = fault instanceof UnknownVersion ? VERSION : FORM;
  return { form: { result: 'fail', code }, line: `form ${code}` };
}

function signerFinding(receipt, ends, status, trust) {
  if (trust === null) return { result: 'open', code: NO_TRUST, former: 0 };
  if (ends === null) return { ...OPEN, former: 0 };
  return signerOf(receipt, ends, status, trust);
}

function withLine(verdict, receipt, status) {
  const { former, ...signer } = verdict.signer;
  const whole = { ...verdict, signer, former, facts: factsOf(receipt, status) };
  const findings = FINDINGS.map((name) => `${name} ${whole[name].result} ${whole[name].code}`);
  return { ...whole, line: `${findings.join(' ')} former ${former} state ${whole.state}` };
}
