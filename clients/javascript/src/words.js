// Words: a verdict, told to a person.

import { FINDINGS, VERSION } from './judge.js';
import { NOT_REACHED, NO_TRUST, OTHER_HISTORY } from './signer.js';

const RESULTS = { pass: 'pass', fail: 'FAIL', open: 'not checked' };

// A time of the ledger, ms since 1970, as a person reads it.
export function when(ms) {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return `${ms} ms since 1970`;
  return `${date.toISOString().slice(0, -5).replace('T', ' ')} UTC`;
}

const sets = (count) => `${count} former ${count === 1 ? 'set' : 'sets'} of validators`;

const SENTENCES = {
  content: (verdict) => ({
    pass: 'The file is the one that the signed record names.',
    fail: 'The file is not what the signed record names, or the receipt names other content than it does.',
    open: verdict.facts.subject ? 'No file was given to compare.' : 'The record names no file.',
  }),
  inclusion: (verdict) => ({
    pass: inclusionWords(verdict),
    fail: 'The record is not proven to stand in the log at that height, or its signature does not verify.',
  }),
  finality: () => ({
    pass: 'A quorum of the validators that the receipt tells of finalized it.',
    fail: 'It is not proven that a quorum of validators finalized it.',
  }),
  signer: (verdict) => ({
    pass: passWords(verdict),
    fail:
      verdict.signer.code === OTHER_HISTORY
        ? 'FORK: your trust and this receipt show two finalized blocks at one height. ' +
          'Somebody was shown another history.'
        : 'These are not the validators of the network that you trust.',
    open: openWords(verdict.signer.code),
  }),
  status: (verdict) => ({
    pass: statusWords(verdict),
    fail: 'What the receipt says of the time since is not proven.',
    open:
      verdict.finality.result === 'fail'
        ? 'Without finality there is nothing to rest it on.'
        : 'The receipt does not say what became of the record since.',
  }),
};

// Without finality the receipt's own headers are all that inclusion rests on.
function inclusionWords({ facts, finality }) {
  const { logIndex, height, time } = facts;
  const place = `index ${logIndex} of the log, recorded at height ${height}, ${when(time)}.`;
  if (finality.result === 'pass') return `The signed record stands at ${place}`;
  return `By the receipt's own headers, which nobody is shown to have finalized, it stands at ${place}`;
}

function passWords({ facts, former }) {
  const vouched = `${facts.origin}, which you trust, vouches for it.`;
  return former === 0
    ? vouched
    : `${vouched} It relies on ${sets(former)}: that none of their keys were given up since.`;
}

function openWords(code) {
  if (code === NO_TRUST) return 'Nobody vouches for the validators: no genesis file or pin was given.';
  if (code === NOT_REACHED)
    return 'Your trust knows no set of validators up to the one that signed: nobody vouches for it.';
  return 'Without finality there are no signers to judge.';
}

function statusWords({ facts, state }) {
  if (!facts.status) return '';
  const { height, time, organisation, revokedFrom } = facts.status;
  const key =
    revokedFrom === 0n
      ? `a key of ${organisation}`
      : `a key of ${organisation}, revoked from height ${revokedFrom} on`;
  return `As of height ${height}, ${when(time)}: ${state}; signed with ${key}.`;
}

// One {name, result, code, text} for each finding; one for trust or form alone where nothing else was judged.
export function tell(verdict) {
  if (verdict.trust) {
    return [
      {
        name: 'trust',
        result: 'fail',
        code: 0,
        text: 'What you gave to be trusted is no genesis file and no pin.',
      },
    ];
  }
  if (verdict.form.result === 'fail') {
    const text =
      verdict.form.code === VERSION
        ? 'The receipt is of a version that this verifier does not know.'
        : 'This is no receipt: its text or one of its parts has not the form that it must have.';
    return [{ name: 'form', result: 'fail', code: verdict.form.code, text }];
  }
  return FINDINGS.map((name) => {
    const { result, code } = verdict[name];
    return { name, result, code, text: SENTENCES[name](verdict)[result] };
  });
}

export const resultWord = (result) => RESULTS[result];

// 'failed', 'unknown' (nobody vouches) or 'verified'.
export function outcome(verdict) {
  const told = tell(verdict);
  if (told.some(({ result }) => result === 'fail')) return 'failed';
  return verdict.signer.result === 'open' ? 'unknown' : 'verified';
}
