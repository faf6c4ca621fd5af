// Each rule of docs/receipt.md, sections 2 to 7, kept and broken: F1-F5, I1-I5, T1-T4, S1-S5, content.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { verify } from '../src/index.js';
import * as chain from './chain.js';

const { build, render, pin, SETS, hex, base64, bytesOf, join, numberField, bytesField } = chain;

const GOOD = {
  content: 'pass 0',
  inclusion: 'pass 0',
  finality: 'pass 0',
  signer: 'pass 0',
  status: 'pass 0',
  former: 1,
  state: 'live',
};

// The line that differs from that of a good receipt in these findings.  A pin of 0, 1 and 2 and a newer
// header of epoch 2 make the signing set, of epoch 1, a former one.
function line(differs) {
  const all = { ...GOOD, ...differs };
  return (
    `content ${all.content} inclusion ${all.inclusion} finality ${all.finality} signer ${all.signer} ` +
    `status ${all.status} former ${all.former} state ${all.state}`
  );
}

const NOT_FINAL = { finality: 'fail 7014', signer: 'open 0', status: 'open 0', former: 0, state: '-' };
const NO_STATUS = { status: 'fail 7017', state: '-', former: 1 };
const NOT_INCLUDED = { inclusion: 'fail 7013' };
const OWN = 0x03;

function judged(settings, { trust = pin(), file = chain.file } = {}) {
  return verify(render(build(settings).receipt), { trust, file }).line;
}

const hooked = (hooks, more = {}) => judged({ ...more, hooks });

const inHeader = (wanted, change) => ({ header: (name, fields) => name === wanted && change(fields) });
const inCertificate = (wanted, change) => ({
  certificate: (name, parts) => name === wanted && change(parts),
});

function each(name, cases, run) {
  for (const [what, ...rest] of cases) test(`${name}: ${what}`, () => run(...rest));
}

function differing(hooks, differs, more) {
  assert.equal(hooked(hooks, more), line(differs));
}

// ---- good ones

each(
  'good',
  [
    ['anchor', {}, {}],
    ['batch', { kind: 'batch' }, {}],
    ['roll-up', { kind: 'rollup' }, { state: 'recorded' }],
    ['motion opened', { kind: 'open' }, { content: 'fail 7012', state: 'open' }],
    ['motion approved, opened beside', { kind: 'approve' }, { content: 'fail 7012', state: 'executed' }],
    [
      'motion approved alone',
      { kind: 'approve', opened: false },
      { content: 'fail 7012', state: 'executed' },
    ],
    ['motion withdrawn', { kind: 'withdraw' }, { content: 'fail 7012', state: 'withdrawn' }],
    ['another operation', { kind: 'other' }, { content: 'fail 7012', state: 'recorded' }],
    ['status under the top', { newer: false }, { former: 1 }],
    ['no status', { status: false }, { status: 'open 0', state: '-' }],
  ],
  (settings, differs) => assert.equal(judged(settings), line(differs)),
);

test('good: without file and trust nothing is vouched for and no file is checked', () => {
  const receipt = render(build().receipt);
  assert.equal(verify(receipt).line, line({ content: 'open 0', signer: 'open 7016', former: 0 }));
  assert.equal(
    verify(render(build({ kind: 'other' }).receipt)).line,
    line({ content: 'open 0', signer: 'open 7016', former: 0, state: 'recorded' }),
  );
});

test('good: a single header, at the height of the record', () => {
  const settings = { headers: 1, newer: false, hooks: inHeader('last', () => {}) };
  assert.equal(judged(settings), line({}));
});

test('without finality and without trust the signer is open with 7016', () => {
  const { receipt } = build({
    hooks: inCertificate('top', (c) => {
      c.kind = 1;
    }),
  });
  assert.equal(
    verify(render(receipt), { file: chain.file }).line,
    line({ ...NOT_FINAL, signer: 'open 7016' }),
  );
});

// ---- content

const bigFile = { sha256: chain.file.sha256, size: 1n << 60n };
each(
  'content',
  [
    ['another file', {}, { sha256: chain.H(bytesOf('x')), size: chain.FILE.length }, 'fail 7012'],
    ['another size', {}, { ...chain.file, size: 1 }, 'fail 7012'],
    [
      'subject of another hash',
      {
        receipt: (r) => {
          r.subject.sha256 = '0'.repeat(64);
        },
      },
      null,
      'fail 7012',
    ],
    [
      'subject of another size',
      {
        receipt: (r) => {
          r.subject.size = 1;
        },
      },
      { ...chain.file, size: 1 },
      'fail 7012',
    ],
    [
      'no size said: 0',
      {
        transaction: (t) => {
          t.message = bytesField(1, chain.H(chain.FILE));
        },
        receipt: (r) => {
          r.subject.size = 0;
        },
      },
      null,
      'open 0',
    ],
    [
      'no size said is compared',
      {
        transaction: (t) => {
          t.message = bytesField(1, chain.H(chain.FILE));
        },
      },
      null,
      'fail 7012',
    ],
    [
      'a size above 2^53 - 1 has no subject',
      {
        transaction: (t) => {
          t.message = join(bytesField(1, chain.H(chain.FILE)), numberField(2, 1n << 60n));
        },
      },
      bigFile,
      'fail 7012',
    ],
  ],
  (hooks, file, content) => {
    // A claim on other content than the subject says has no status entry of that name.
    const said = verify(render(build({ hooks, status: false }).receipt), { trust: pin(), file }).line;
    assert.equal(said, line({ content, status: 'open 0', state: '-' }));
  },
);

test('content: the size of a roll-up item that says 0 is not compared, of a batch it is', () => {
  const items = (list) => {
    list[2] = bytesField(1, chain.H(chain.FILE));
  };
  assert.equal(judged({ kind: 'rollup', hooks: { items } }), line({ state: 'recorded' }));
  assert.equal(
    judged({
      kind: 'rollup',
      hooks: {
        items,
        receipt: (r) => {
          r.subject.size = 5;
        },
      },
    }),
    line({ state: 'recorded' }),
  );
  assert.equal(judged({ kind: 'batch', hooks: { items } }), line({ content: 'fail 7012' }));
  const receipt = (r) => {
    r.subject.size = 5;
  };
  const file = { ...chain.file, size: 5 };
  assert.equal(
    judged({ kind: 'rollup', hooks: { receipt } }, { file }),
    line({ content: 'fail 7012', state: 'recorded' }),
  );
});

// ---- inclusion

each(
  'inclusion',
  [
    [
      'I1 previous is not the parent',
      inHeader('last', (h) => {
        h.parent = chain.NOTHING;
      }),
    ],
    [
      'I1 previous of another origin',
      inHeader('previous', (h) => {
        h.origin = chain.originOf(h.chain, 'other');
      }),
    ],
    [
      'I1 previous of another chain',
      inHeader('previous', (h) => {
        h.chain = chain.NOTHING;
        h.origin = chain.originOf(h.chain);
      }),
    ],
    [
      'I1 previous two below',
      inHeader('previous', (h) => {
        h.height -= 1;
      }),
    ],
    [
      'I1 record of an earlier block',
      inHeader('previous', (h) => {
        h.logSize = 10;
      }),
    ],
    [
      'I2 wrong path',
      {
        receipt: (r) => {
          r.record.path[0] = '0'.repeat(64);
        },
      },
    ],
    [
      'I2 path too long',
      {
        receipt: (r) => {
          r.record.path.push('0'.repeat(64));
        },
      },
    ],
    [
      'I2 path too short',
      {
        receipt: (r) => {
          r.record.path.pop();
        },
      },
    ],
    [
      'I2 another index',
      {
        receipt: (r) => {
          r.record.log_index = 8;
        },
      },
      { status: 'fail 7017', state: '-' },
    ],
    [
      'I3 another chain',
      {
        transaction: (t) => {
          t.chain = chain.NOTHING;
        },
      },
    ],
    [
      'I3 signature',
      {
        transaction: (t) => {
          t.envelope = flipped(chain.envelope(t), -1);
        },
      },
    ],
    [
      'I3 high s',
      {
        transaction: (t) => {
          const good = chain.envelope(t);
          t.envelope = join(good.subarray(0, -64), chain.highS(good.subarray(-64)));
        },
      },
    ],
  ],
  (hooks, differs = {}) => assert.equal(hooked(hooks), line({ ...NOT_INCLUDED, ...differs })),
);

test('inclusion: I1 a record of a later block', () => {
  const hooks = inHeader('last', (h) => {
    h.logSize = 9;
    h.logRoot = chain.NOTHING;
  });
  differing(hooks, NOT_INCLUDED);
});

test('inclusion: I3 a signer that is no point', () => {
  const key = Uint8Array.from(chain.SIGNER.key);
  do key[32]++;
  while (isPoint(key));
  const hooks = {
    transaction: (t) => {
      t.signer = { ...t.signer, key };
    },
  };
  differing(hooks, { ...NOT_INCLUDED, ...NO_STATUS });
});

function isPoint(key) {
  try {
    secp256k1.Point.fromHex(key);
    return true;
  } catch {
    return false;
  }
}

function flipped(bytes, at) {
  const other = Uint8Array.from(bytes);
  other[at < 0 ? bytes.length + at : at] ^= 1;
  return other;
}

each(
  'inclusion of an entry',
  [
    [
      'I4 index',
      (r) => {
        r.entry.index = 1;
      },
    ],
    [
      'I4 index at the number',
      (r) => {
        r.entry.index = 5;
      },
    ],
    [
      'I4 path',
      (r) => {
        r.entry.path[0] = '0'.repeat(64);
      },
    ],
    [
      'I4 data',
      (r) => {
        r.entry.data = base64(join(Buffer.from(r.entry.data, 'base64'), numberField(3, 1)));
      },
    ],
  ],
  (receipt) => {
    assert.equal(
      judged({ kind: 'rollup', hooks: { receipt } }),
      line({ ...NOT_INCLUDED, state: 'recorded' }),
    );
  },
);

each(
  'inclusion of opened',
  [
    [
      'I2 wrong path',
      {
        receipt: (r) => {
          r.opened.path[0] = '0'.repeat(64);
        },
      },
      {},
    ],
    [
      'I3 signature',
      {
        opened: (t) => {
          t.envelope = flipped(chain.envelope(t), -1);
        },
      },
      {},
    ],
    [
      'I3 another chain',
      {
        opened: (t) => {
          t.chain = chain.NOTHING;
        },
      },
      {},
    ],
    [
      'I5 no motion.open',
      {
        opened: (t) => {
          t.operation = 60;
        },
      },
      {},
    ],
    [
      'I5 not below the record',
      {
        receipt: (r) => {
          r.opened.log_index = 9;
          r.opened.path = r.record.path;
        },
      },
      { status: 'fail 7017', state: '-' },
    ],
  ],
  (hooks, differs) => {
    assert.equal(
      judged({ kind: 'approve', hooks }, { file: null }),
      line({ ...NOT_INCLUDED, content: 'open 0', state: 'executed', ...differs }),
    );
  },
);

test('inclusion: I5 a motion.open above the record', () => {
  const differs = { content: 'open 0', status: 'open 0', state: '-' };
  const said = (openedAt) => judged({ kind: 'approve', status: false, openedAt }, { file: null });
  assert.equal(said(8), line(differs));
  assert.equal(said(12), line({ ...differs, ...NOT_INCLUDED }));
});

// ---- finality

each(
  'finality',
  [
    [
      'F1 fewer epochs than changes',
      {
        receipt: (r) => {
          r.set_changes.unshift({ ...r.set_changes[0], set: SETS[0].text });
        },
      },
    ],
    [
      'F2 end carries no next set',
      inHeader('end', (h) => {
        h.next = null;
      }),
    ],
    [
      'F2 end carries another set',
      inHeader('end', (h) => {
        h.next = SETS[2].hash;
      }),
    ],
    [
      'F2 end of another chain',
      inHeader('end', (h) => {
        h.chain = chain.NOTHING;
        h.origin = chain.originOf(h.chain);
      }),
    ],
    [
      'F2 end of another origin',
      inHeader('end', (h) => {
        h.origin = chain.originOf(h.chain, 'other');
      }),
    ],
    [
      'F2 end not finalized',
      inCertificate('end', (c) => {
        c.kind = 1;
      }),
    ],
    [
      'F3 end at the height of the last',
      inHeader('end', (h) => {
        h.height = 150;
      }),
    ],
    [
      'F3 end at the time of the last',
      inHeader('end', (h) => {
        h.time = 1763800150000;
      }),
    ],
    [
      'F4 parent',
      inHeader('middle', (h) => {
        h.parent = chain.NOTHING;
      }),
    ],
    [
      'F4 height',
      inHeader('middle', (h) => {
        h.height = 152;
      }),
    ],
    [
      'F4 time',
      inHeader('middle', (h) => {
        h.time = 1763800150000;
      }),
    ],
    [
      'F4 log size',
      inHeader('middle', (h) => {
        h.logSize = 10;
      }),
    ],
    [
      'F4 chain',
      inHeader('middle', (h) => {
        h.chain = chain.NOTHING;
        h.origin = chain.originOf(h.chain);
      }),
    ],
    [
      'F4 origin',
      inHeader('middle', (h) => {
        h.origin = chain.originOf(h.chain, 'other');
      }),
    ],
    [
      'F4 epoch',
      inHeader('middle', (h) => {
        h.epoch = 0;
      }),
    ],
    [
      'F4 validators',
      inHeader('middle', (h) => {
        h.validators = SETS[0].hash;
      }),
    ],
    [
      'F4 next-validators below the top',
      inHeader('middle', (h) => {
        h.next = SETS[2].hash;
      }),
    ],
    [
      'F5 certificate over another header',
      {
        receipt: (r, { texts }) => {
          r.headers = [texts.middle, texts.last];
          r.record.path = [];
        },
      },
      { ...NOT_INCLUDED },
    ],
  ],
  (hooks, differs = {}) => assert.equal(hooked(hooks), line({ ...NOT_FINAL, ...differs })),
);

test('finality: a cover may begin with the signing set', () => {
  differing(
    {
      receipt: (r) => {
        r.set = r.set_changes[0].set;
        r.set_changes = [];
      },
    },
    {},
  );
});

test('finality: F1 the top two epochs above a', () => {
  const hooks = {
    header: (name, h) => {
      if (['top', 'middle', 'last', 'previous'].includes(name)) h.epoch = 2;
    },
  };
  assert.match(hooked(hooks), /finality fail 7014/);
});

test('finality: a header that ends its epoch is finalized in no view below its own', () => {
  const change = (c) => {
    c.view -= 1;
  };
  assert.equal(hooked(inCertificate('end', change)), line(NOT_FINAL));
});

test('finality: the top may end its epoch, in a view below the certificate', () => {
  const hooks = {
    header: (name, h) => {
      if (name === 'top') h.next = SETS[2].hash;
    },
    certificate: (name, c) => {
      if (name === 'top') c.view += 3;
    },
  };
  assert.equal(hooked(hooks, { newer: false }), line({}));
  differing(
    inCertificate('end', (c) => {
      c.view += 2;
    }),
    {},
  );
});

each(
  'certificate',
  [
    [
      'kind',
      (c) => {
        c.kind = 2;
      },
    ],
    [
      'epoch',
      (c) => {
        c.epoch = 0;
      },
    ],
    [
      'set hash',
      (c) => {
        c.setHash = SETS[0].hash;
      },
    ],
    [
      'signers of another set',
      (c) => {
        c.set = SETS[3];
      },
    ],
    [
      'quorum',
      (c) => {
        c.signers = [0, 1];
      },
    ],
    [
      'bit of nobody',
      (c) => {
        c.signers = [0, 1, 3, 4];
        c.set = { ...c.set, secrets: [...c.set.secrets, c.set.secrets[0]] };
      },
    ],
    [
      'block',
      (c) => {
        c.block = chain.NOTHING;
      },
    ],
    [
      'chain of the vote',
      (c) => {
        c.chain = chain.NOTHING;
      },
    ],
    [
      'view below',
      (c) => {
        c.view -= 1;
      },
    ],
    [
      'view above',
      (c) => {
        c.view += 1;
      },
    ],
    [
      'one bad signature among more than a quorum',
      (c) => {
        const digest = chain.H(bytesOf(chain.voteText(c)));
        c.signers = [0, 1, 2, 3];
        c.signatures = c.signers.map((i) => chain.sign(c.set.secrets[i === 2 ? 1 : i], digest));
      },
    ],
    [
      'high s',
      (c) => {
        const digest = chain.H(bytesOf(chain.voteText(c)));
        c.signatures = c.signers.map((i) => chain.sign(c.set.secrets[i], digest));
        c.signatures[1] = chain.highS(c.signatures[1]);
      },
    ],
    [
      'r of 0',
      (c) => {
        c.signatures = c.signers.map(() => new Uint8Array(64));
      },
    ],
  ],
  (change) => assert.equal(hooked(inCertificate('top', change)), line(NOT_FINAL)),
);

test('certificate: header of another epoch or of another set', () => {
  const certificate = inCertificate('newer', (c) => {
    c.epoch = 2;
    c.setHash = SETS[2].hash;
    c.set = SETS[2];
  });
  differing(
    {
      ...inHeader('newer', (h) => {
        h.epoch = 1;
      }),
      ...certificate,
    },
    NO_STATUS,
  );
  differing(
    {
      ...inHeader('newer', (h) => {
        h.validators = SETS[1].hash;
      }),
      ...certificate,
    },
    NO_STATUS,
  );
});

// The certificate with one more bit in its bitmap.
function withBit(bytes, at) {
  const other = Uint8Array.from(bytes);
  other[81] |= 1 << at;
  return other;
}

// The certificate of three signers whose header has another length than it says.
function withHeaderLength(bytes, more) {
  const other = Uint8Array.from(bytes);
  other[82 + 3 * 64 + 1] += more;
  return other;
}

each(
  'certificate bytes',
  [
    ['cut', (bytes) => bytes.subarray(0, -1)],
    ['longer', (bytes) => join(bytes, Uint8Array.of(0))],
    ['108 bytes', (bytes) => bytes.subarray(0, 108)],
    ['header longer than its length says', (bytes) => withHeaderLength(bytes, -1)],
    ['header shorter than its length says', (bytes) => withHeaderLength(bytes, 1)],
    ['bit of nobody, without a signature', (bytes) => withBit(bytes, 4)],
    ['unknown kind', (bytes) => join(Uint8Array.of(4), bytes.subarray(1))],
    [
      'header that does not parse',
      (bytes) => {
        const other = Uint8Array.from(bytes);
        other[bytes.length - 1] = 0x20;
        return other;
      },
    ],
    [
      'header that is no UTF-8',
      (bytes) => {
        const other = Uint8Array.from(bytes);
        other[bytes.length - 2] = 0xff;
        return other;
      },
    ],
  ],
  (change) => {
    const certified = (name, bytes) => (name === 'top' ? change(bytes) : bytes);
    assert.equal(hooked({ certified }), line(NOT_FINAL));
  },
);

// ---- status

each(
  'status',
  [
    [
      'T1 change not finalized',
      inCertificate('newEnd', (c) => {
        c.kind = 1;
      }),
    ],
    [
      'T1 change carries another set',
      inHeader('newEnd', (h) => {
        h.next = SETS[3].hash;
      }),
    ],
    [
      'T1 newer header not finalized',
      inCertificate('newer', (c) => {
        c.kind = 1;
      }),
    ],
    [
      'T1 newer header of another chain',
      inHeader('newer', (h) => {
        h.chain = chain.NOTHING;
        h.origin = chain.originOf(h.chain);
      }),
    ],
    [
      'T1 newer header of another origin',
      inHeader('newer', (h) => {
        h.origin = chain.originOf(h.chain, 'other');
      }),
    ],
    [
      'T1 change as high as the top',
      inHeader('newEnd', (h) => {
        h.height = 152;
      }),
    ],
    [
      'T1 change as late as the top',
      inHeader('newEnd', (h) => {
        h.time = 1763800152000;
      }),
    ],
    [
      'T1 newer header below the change',
      inHeader('newer', (h) => {
        h.height = 190;
      }),
    ],
    [
      'T1 newer header before the change',
      inHeader('newer', (h) => {
        h.time = 1763800199000;
      }),
    ],
    [
      'T2 wrong hash',
      {
        receipt: (r) => {
          r.status.consistency[1] = '0'.repeat(64);
        },
      },
    ],
    [
      'T2 no hashes',
      {
        receipt: (r) => {
          r.status.consistency = [];
        },
      },
    ],
    [
      'T2 hash too many',
      {
        receipt: (r) => {
          r.status.consistency.push('0'.repeat(64));
        },
      },
    ],
    [
      'T2 log smaller than before',
      inHeader('newer', (h) => {
        h.logSize = 12;
      }),
    ],
    [
      'T3 state root',
      inHeader('newer', (h) => {
        h.state = chain.NOTHING;
      }),
    ],
    [
      'T3 tree cut',
      {
        receipt: (r) => {
          r.status.tree = base64(Buffer.from(r.status.tree, 'base64').subarray(0, -1));
        },
      },
    ],
    [
      'T3 tree longer',
      {
        receipt: (r) => {
          r.status.tree = base64(join(Buffer.from(r.status.tree, 'base64'), Uint8Array.of(0)));
        },
      },
    ],
    [
      'T3 no tree',
      {
        receipt: (r) => {
          r.status.tree = '';
        },
      },
    ],
    [
      'T3 value',
      {
        receipt: (r) => {
          r.status.entries[0].value = base64(Uint8Array.of(1));
        },
      },
    ],
    [
      'T3 absent against the tree',
      {
        receipt: (r) => {
          delete r.status.entries[0].value;
        },
      },
    ],
    [
      'T4 entry absent',
      {
        values: (v) => {
          v.set(keyOf(v, 'content/'), null);
        },
      },
    ],
    [
      'T4 entry missing',
      {
        values: (v) => {
          v.delete(keyOf(v, 'content/'));
        },
      },
    ],
    [
      'T4 entry too many',
      {
        values: (v) => {
          v.set('org/ORG-X', Uint8Array.of(2, 10));
        },
      },
    ],
    [
      'T4 another key',
      {
        values: (v) => {
          const k = keyOf(v, 'key/');
          v.set(`key/${'0'.repeat(64)}`, v.get(k));
          v.delete(k);
        },
      },
    ],
  ],
  (hooks) => differing(hooks, NO_STATUS),
);

const keyOf = (values, start) => [...values.keys()].find((key) => key.startsWith(start));

test('status: T1 the newer header may be the top itself, and T2 then has no hashes', () => {
  const receipt = (r, { oldState }) => {
    r.status.consistency = [];
    r.status.finalization = r.finalization;
    r.status.set_changes = [];
    r.status.tree = base64(
      chain.stateProof(
        oldState,
        r.status.entries.map(({ key }) => key),
      ),
    );
  };
  differing({ receipt }, {});
  differing(
    {
      receipt: (r, more) => {
        receipt(r, more);
        r.status.consistency = ['0'.repeat(64)];
      },
    },
    NO_STATUS,
  );
});

test('status: T2 equal sizes with unequal roots', () => {
  differing(
    {
      header: (name, h) => {
        if (name === 'newer') {
          h.logSize = 13;
          h.logRoot = chain.NOTHING;
        }
      },
      receipt: (r) => {
        r.status.consistency = [];
      },
    },
    NO_STATUS,
  );
});

each(
  'status value of a key',
  [
    [
      'another type',
      (v) => {
        v[0] = 4;
        return v;
      },
    ],
    [
      'another key',
      () => join(Uint8Array.of(OWN), bytesField(1, chain.pair('x').key), bytesField(2, bytesOf('O'))),
    ],
    ['no organisation', () => join(Uint8Array.of(OWN), bytesField(1, chain.SIGNER.key))],
    [
      'organisation that is no segment',
      () => join(Uint8Array.of(OWN), bytesField(1, chain.SIGNER.key), bytesField(2, bytesOf('a/b'))),
    ],
    [
      'organisation of 65',
      () => join(Uint8Array.of(OWN), bytesField(1, chain.SIGNER.key), bytesField(2, bytesOf('a'.repeat(65)))),
    ],
    ['revoked from 0', (v) => join(v, numberField(5, 0))],
    ['field twice', (v) => join(v.subarray(0, 36), v.subarray(1))],
    ['fields fall', (v) => join(v, numberField(1, 1))],
    ['cut', (v) => v.subarray(0, -1)],
    ['wire type', (v) => join(v, Uint8Array.of(0x31))],
    ['nothing but its type', (v) => v.subarray(0, 1)],
  ],
  (change) =>
    differing(
      {
        values: (v) => {
          const k = keyOf(v, 'key/');
          v.set(k, change(Uint8Array.from(v.get(k))));
        },
      },
      NO_STATUS,
    ),
);

test('status value of a key: revoked, and with fields that are not read, more than once', () => {
  const more = join(numberField(5, 77), bytesField(6, bytesOf('x')), bytesField(6, bytesOf('y')));
  const settings = {
    hooks: {
      values: (v) => {
        const k = keyOf(v, 'key/');
        v.set(k, join(v.get(k), more));
      },
    },
  };
  const verdict = verify(render(build(settings).receipt), { trust: pin(), file: chain.file });
  assert.equal(verdict.line, line({}));
  assert.equal(verdict.facts.status.revokedFrom, 77n);
});

const claim = (...fields) => join(Uint8Array.of(0x20), ...fields);
each(
  'status value of a claim',
  [
    ['live', claim(numberField(2, 9)), { state: 'live' }],
    ['superseded', claim(numberField(2, 9), numberField(5, 1)), { state: 'superseded' }],
    ['withdrawn', claim(numberField(2, 9), numberField(5, 2)), { state: 'withdrawn' }],
    ['entry 0 written', claim(numberField(2, 9), numberField(7, 0)), {}],
    ['state 3', claim(numberField(2, 9), numberField(5, 3)), NO_STATUS],
    ['state 0 written', claim(numberField(2, 9), numberField(5, 0)), NO_STATUS],
    ['another record', claim(numberField(2, 8)), NO_STATUS],
    ['of an entry', claim(numberField(2, 9), numberField(7, 3)), NO_STATUS],
    ['no record', claim(numberField(3, 9)), NO_STATUS],
    ['another type', join(Uint8Array.of(0x21), numberField(2, 9)), NO_STATUS],
  ],
  (value, differs) =>
    differing(
      {
        values: (v) => {
          v.set(keyOf(v, 'content/'), value);
        },
      },
      differs,
    ),
);

each(
  'status key of a claim',
  [
    ['a later claim', 'claim/HEX/2', {}],
    ['the last number', `claim/HEX/${(1n << 63n) - 1n}`, {}],
    ['claim 1', 'claim/HEX/1', NO_STATUS],
    ['2^63', `claim/HEX/${1n << 63n}`, NO_STATUS],
    ['leading zero', 'claim/HEX/02', NO_STATUS],
    ['no number', 'claim/HEX/x', NO_STATUS],
    ['other content', `content/${'0'.repeat(64)}`, NO_STATUS],
  ],
  (key, differs) =>
    differing(
      {
        values: (v) => {
          const old = keyOf(v, 'content/');
          const value = v.get(old);
          v.delete(old);
          v.set(key.replace('HEX', hex(chain.H(chain.FILE))), value);
        },
      },
      differs,
    ),
);

test('status of a batch entry: its place', () => {
  const values = (v) => {
    v.set(keyOf(v, 'content/'), claim(numberField(2, 9), numberField(7, 2)));
  };
  differing({ values }, NO_STATUS, { kind: 'batch' });
});

test('status of a roll-up: no claim beside the key', () => {
  const values = (v) => {
    v.set(`content/${hex(chain.H(chain.FILE))}`, claim(numberField(2, 9)));
  };
  differing({ values }, NO_STATUS, { kind: 'rollup' });
});

const motion = (...fields) => join(Uint8Array.of(7), ...fields);
const ofMotion = { content: 'open 0' };
each(
  'status of a motion',
  [
    ['open', 'open', motion(numberField(1, 5), numberField(9, 9)), { state: 'open' }],
    [
      'open: withdrawn since',
      'open',
      motion(numberField(1, 5), numberField(5, 2), numberField(9, 9)),
      { state: 'withdrawn' },
    ],
    ['open: another leaf', 'open', motion(numberField(1, 5), numberField(9, 8)), NO_STATUS],
    ['open: another number', 'open', motion(numberField(1, 6), numberField(9, 9)), NO_STATUS],
    ['open: no leaf', 'open', motion(numberField(1, 5)), NO_STATUS],
    [
      'approve: executed by another',
      'approve',
      motion(numberField(1, 5), numberField(5, 1), numberField(9, 6), numberField(10, 8)),
      NO_STATUS,
    ],
    [
      'approve: opened by another',
      'approve',
      motion(numberField(1, 5), numberField(5, 1), numberField(9, 5), numberField(10, 9)),
      NO_STATUS,
    ],
    [
      'approve: not executed',
      'approve',
      motion(numberField(1, 5), numberField(9, 6), numberField(10, 9)),
      NO_STATUS,
    ],
    [
      'approve: withdrawn',
      'approve',
      motion(numberField(1, 5), numberField(5, 2), numberField(9, 6), numberField(10, 9)),
      NO_STATUS,
    ],
    ['withdraw: still open', 'withdraw', motion(numberField(1, 5), numberField(9, 1)), { state: 'open' }],
    [
      'withdraw: state 3',
      'withdraw',
      motion(numberField(1, 5), numberField(5, 3), numberField(9, 1)),
      NO_STATUS,
    ],
    ['withdraw: another type', 'withdraw', claim(numberField(1, 5), numberField(9, 1)), NO_STATUS],
  ],
  (kind, value, differs) => {
    const said = judged(
      {
        kind,
        hooks: {
          values: (v) => {
            v.set('motion/5', value);
          },
        },
      },
      { file: null },
    );
    assert.equal(said, line({ ...ofMotion, ...differs }));
  },
);

test('status of a motion: another motion than the approval names', () => {
  const values = (v) => {
    v.set('motion/6', motion(numberField(1, 6), numberField(9, 6)));
    v.delete('motion/5');
  };
  assert.equal(
    judged({ kind: 'withdraw', hooks: { values } }, { file: null }),
    line({ ...ofMotion, ...NO_STATUS }),
  );
  assert.equal(
    judged({ kind: 'approve', opened: false, hooks: { values } }, { file: null }),
    line({ ...ofMotion, ...NO_STATUS }),
  );
});

// ---- signer

const ALIKE = Uint8Array.from(chain.CHAIN, (byte, i) => (i < 31 ? byte : byte ^ 1));
const OTHER = [...SETS];
OTHER[1] = SETS[3];
each(
  'signer',
  [
    [
      'S1 chain',
      { trust: pin({ chain: chain.NOTHING, origin: chain.originOf(chain.NOTHING) }) },
      { signer: 'fail 7015', former: 0 },
    ],
    ['S1 chain that begins alike', { trust: pin({ chain: ALIKE }) }, { signer: 'fail 7015', former: 0 }],
    [
      'S1 origin',
      { trust: pin({ origin: chain.originOf(chain.CHAIN, 'other') }) },
      { signer: 'fail 7015', former: 0 },
    ],
    ['S3 no epoch shared', { trust: pin({ epochs: [3] }) }, { signer: 'open 7018', former: 0 }],
    ['S4 another set', { trust: pin({ epochs: [1], sets: OTHER }) }, { signer: 'fail 7015', former: 0 }],
    [
      'S4 another set among equal ones',
      { trust: pin({ epochs: [0, 1, 2], sets: OTHER }) },
      { signer: 'fail 7015', former: 0 },
    ],
    [
      'S5 first epoch alone: 1 and 2 were replaced or are of today',
      { trust: pin({ epochs: [0] }) },
      { former: 2 },
    ],
    ['S5 signing epoch alone', { trust: pin({ epochs: [1] }) }, { former: 1 }],
    [
      'S3 an epoch of the status alone',
      { trust: pin({ epochs: [2] }) },
      { signer: 'open 7018', former: 0 },
    ],
    [
      'S3 goes before S4',
      { trust: pin({ epochs: [2], sets: OTHER }) },
      { signer: 'open 7018', former: 0 },
    ],
    ['S5 an epoch that the receipt does not know', { trust: pin({ epochs: [1, 2, 3] }) }, { former: 2 }],
    ['a trust that does not parse', { trust: 'stele/v1 pin\n' }, null],
  ],
  (given, differs) => assert.equal(judged({}, given), differs ? line(differs) : 'trust'),
);

test('signer: S5 without status no set was replaced since', () => {
  const none = { status: 'open 0', state: '-' };
  assert.equal(judged({ status: false }, { trust: pin({ epochs: [1] }) }), line({ ...none, former: 0 }));
  assert.equal(judged({ status: false }, { trust: pin({ epochs: [0] }) }), line({ ...none, former: 1 }));
  assert.equal(
    judged({ status: false }, { trust: pin({ epochs: [2] }) }),
    line({ ...none, signer: 'open 7018', former: 0 }),
  );
});

test('signer: a status that fails tells of no epoch', () => {
  const hooks = {
    receipt: (r) => {
      r.status.tree = '';
    },
  };
  assert.equal(
    judged({ hooks }, { trust: pin({ epochs: [2] }) }),
    line({ ...NO_STATUS, signer: 'open 7018', former: 0 }),
  );
});

test('signer: S2 a head of the same height, in any header of the receipt', () => {
  for (const height of [100, 150, 151, 152, 200, 300]) {
    const head = { height, hash: chain.NOTHING, logSize: 9, logRoot: chain.NOTHING };
    assert.equal(
      judged({}, { trust: pin({ head }) }),
      line({ signer: 'fail 7019', former: 0 }),
      `height ${height}`,
    );
  }
  const head = { height: 149, hash: chain.NOTHING, logSize: 9, logRoot: chain.NOTHING };
  assert.equal(judged({}, { trust: pin({ head }) }), line({}), 'previous is not asked');
  const { texts } = build();
  const same = { height: 152, hash: chain.H(bytesOf(texts.top)), logSize: 9, logRoot: chain.NOTHING };
  assert.equal(judged({}, { trust: pin({ head: same }) }), line({}));
});

test('signer: S2 of a status that failed no header is asked', () => {
  const head = { height: 300, hash: chain.NOTHING, logSize: 9, logRoot: chain.NOTHING };
  const hooks = {
    receipt: (r) => {
      r.status.tree = '';
    },
  };
  assert.equal(judged({ hooks }, { trust: pin({ head }) }), line({ ...NO_STATUS, former: 1 }));
});
