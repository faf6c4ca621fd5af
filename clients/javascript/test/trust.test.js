// Trust: pins and sealed genesis files (docs/receipt.md, section 7; docs/ledger.md, section 3).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseTrust } from '../src/trust.js';
import { verify } from '../src/index.js';
import * as chain from './chain.js';

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/genesis.json', import.meta.url)));
const { bytesOf, hex, pin, pair } = chain;

const isRefused = (text) => assert.equal(verify('', { trust: text }).line, 'trust');
const isTaken = (text) => assert.equal(verify('', { trust: text }).line, 'form 7010');

function each(name, cases, run) {
  for (const [what, ...rest] of cases) test(`${name}: ${what}`, () => run(...rest));
}

test('genesis: the frozen document gives its chain, origin and set', () => {
  for (const text of [vectors.sealed, vectors.document, `${vectors.document}\nfounder nobody\n\n`]) {
    const trust = parseTrust(bytesOf(text));
    assert.equal(trust.chainHex, vectors.chain);
    assert.equal(trust.origin, vectors.origin);
    assert.deepEqual([...trust.sets.keys()], [0n]);
    assert.equal(hex(trust.sets.get(0n)), vectors.set_hash);
    assert.equal(trust.head, null);
  }
});

const document = vectors.document;
const lineOf = (start) => document.split('\n').find((line) => line.startsWith(start));
const changed = (start, line) => document.replace(lineOf(start), line);
const without = (start) => document.replace(`${lineOf(start)}\n`, '');
const key = hex(pair('somebody').key);
const organisation = lineOf('organisation');
const keyLine = lineOf('key ');
const [, keyHex] = keyLine.split(' ');
const noPoint = `key 02${'0'.repeat(64)} govern`;

each(
  'genesis refused',
  [
    ['nothing', ''],
    ['empty line first', `\n${document}`],
    ['not ended', document.slice(0, -1)],
    ['set missing', document.slice(0, document.indexOf('stele/v1 set'))],
    ['name with capitals', changed('name ', 'name Demo')],
    ['name of 111 bytes', changed('name ', `name ${'a'.repeat(64)}/${'a'.repeat(32)}/${'a'.repeat(13)}`)],
    ['suite', changed('suite', 'suite p256-sha256')],
    ['time 0', changed('time ', 'time 0')],
    ['epoch length 0', changed('epoch-length', 'epoch-length 0')],
    ['epoch length above', changed('epoch-length', 'epoch-length 1000000001')],
    ['timer below', changed('timer delta-us', 'timer delta-us 999')],
    ['timer above', changed('timer skip-us', 'timer skip-us 600000001')],
    ['skew 0', changed('timer skew-ms', 'timer skew-ms 0')],
    ['late above', changed('timer late-ms', 'timer late-ms 600001')],
    ['window below', changed('limit window-ms', 'limit window-ms 999')],
    ['quota window above', changed('limit quota-window-ms', 'limit quota-window-ms 86400001')],
    ['quota 0', changed('limit quota-bytes', 'limit quota-bytes 0')],
    ['quota 2^63', changed('limit quota-bytes', `limit quota-bytes ${1n << 63n}`)],
    ['line missing', without('timer fetch-us')],
    ['continues', document.replace('timer delta-us', 'continues x\ntimer delta-us')],
    [
      'policy of a motion',
      document.replace(lineOf('policy'), `policy motion.open funder 0 -\n${lineOf('policy')}`),
    ],
    ['policy of nothing known', changed('policy org.register', 'policy org.unknown funder 0 -')],
    ['policy twice', document.replace(lineOf('policy'), `${lineOf('policy')}\n${lineOf('policy')}`)],
    [
      'policy out of order',
      document.replace(lineOf('policy'), `${lineOf('policy note')}\n${lineOf('policy')}`),
    ],
    ['policy without roles', changed('policy org.register', 'policy org.register - 0 -')],
    [
      'policy with roles out of order',
      changed('policy org.register', 'policy org.register agency,funder 0 -'),
    ],
    ['policy with approvals of nobody', changed('policy org.register', 'policy org.register funder 1 -')],
    ['policy with nothing to approve', changed('policy org.register', 'policy org.register funder 0 funder')],
    ['policy of 161 approvals', changed('policy org.register', 'policy org.register funder 161 funder')],
    [
      'approvals where no motion is possible',
      changed('policy content.anchor', 'policy content.anchor funder 1 funder'),
    ],
    [
      'organisation out of order',
      document.replace(
        organisation,
        `organisation Z\nname-en Z\nroles funder\nkey ${key} govern\n${organisation}`,
      ),
    ],
    ['organisation of 65', changed('organisation', `organisation ${'A'.repeat(65)}`)],
    ['organisation without name', document.replace(`${lineOf('name-zh')}\n${lineOf('name-en')}\n`, '')],
    ['empty name', changed('name-en', 'name-en ')],
    ['name of 257 bytes', changed('name-en', `name-en ${'a'.repeat(257)}`)],
    ['name with a control', changed('name-en', 'name-en a\tb')],
    ['name with U+0085', changed('name-en', 'name-en a\u0085b')],
    [
      'names in another order',
      document.replace(
        `${lineOf('name-zh')}\n${lineOf('name-en')}`,
        `${lineOf('name-en')}\n${lineOf('name-zh')}`,
      ),
    ],
    ['unknown role', changed('roles', 'roles funder,king')],
    ['validator without its role', changed('roles', 'roles funder')],
    ['no key', document.replace(/key [^\n]*\nkey [^\n]*\n/, '')],
    ['no key that governs', document.replace(/(key [^\n]* )govern\n/, '$1grant\n')],
    ['key that is no point', document.replace(keyLine, noPoint)],
    ['key twice', document.replace(keyLine, `${keyLine}\n${keyLine}`)],
    ['purposes out of order', document.replace(keyLine, keyLine.replace('grant,content', 'content,grant'))],
    ['unknown purpose', document.replace(keyLine, keyLine.replace('grant', 'rule'))],
    ['node key of an organisation', document.replace(/[0-9a-f]{66}\n$/, `${keyHex}\n`)],
    ['organisation of a validator absent', document.replace(/v3 \S+/, 'v3 CN-USCI-NOBODY')],
    ['set out of order', document.replace(/(v3 [^\n]*\n)(v0 [^\n]*\n)/, '$2$1')],
    ['too long', document.replace('name-en ', `name-en ${'a'.repeat(66000)}`)],
  ],
  isRefused,
);

each(
  'genesis taken',
  [
    ['a name alone', without('name-zh')],
    ['name of 256 bytes', changed('name-en', `name-en ${'a'.repeat(256)}`)],
    ['no policy', document.replace(/policy [^\n]*\n/g, '')],
    ['approvals', changed('policy org.register', 'policy org.register funder,validator 160 auditor')],
    ['quota 2^63 - 1', changed('limit quota-bytes', `limit quota-bytes ${(1n << 63n) - 1n}`)],
  ],
  isTaken,
);

test('genesis: bytes that are no UTF-8 are refused', () => {
  const bytes = bytesOf(document);
  bytes[bytes.indexOf(0xe7)] = 0xff;
  assert.equal(verify('', { trust: bytes }).line, 'trust');
});

const good = pin();
const sets = good.split('\n').filter((line) => line.startsWith('set'));
const head = good.split('\n').find((line) => line.startsWith('head'));
each(
  'pin refused',
  [
    ['first line alone', 'stele/v1 pin\n'],
    ['another version', good.replace('v1 pin', 'v2 pin')],
    ['not ended', good.slice(0, -1)],
    ['line behind', `${good}\n`],
    ['no head', good.replace(`${head}\n`, '')],
    ['two heads', `${good}${head}\n`],
    ['no set', good.replace(/set [^\n]*\n/g, '')],
    ['epochs with a gap', good.replace(`${sets[1]}\n`, '')],
    ['epochs that fall', good.replace(sets[0], sets[1]).replace(new RegExp(`${sets[1]}\n$`), sets[0])],
    [
      '513 sets',
      good.replace(
        /(set [^\n]*\n)+/,
        Array.from({ length: 513 }, (_, i) => `set ${i} ${'0'.repeat(64)}\n`).join(''),
      ),
    ],
    ['origin of another chain', good.replace(/^origin .*$/m, `origin test.stele/${'0'.repeat(16)}`)],
    [
      'chain in capitals',
      good.replace(/^chain .*$/m, (line) => line.toUpperCase().replace('CHAIN', 'chain')),
    ],
    ['epoch 2^63', good.replace('set 0 ', `set ${1n << 63n} `)],
    ['set hash too short', good.replace(sets[2], sets[2].slice(0, -1))],
    ['log size 0', good.replace(head, head.replace(/^head 1 (\S+) 1/, 'head 1 $1 0'))],
    ['head of three', good.replace(head, head.split(' ').slice(0, 4).join(' '))],
    ['two spaces', good.replace('chain ', 'chain  ')],
    ['CRLF', good.replace(/\n/g, '\r\n')],
  ],
  isRefused,
);

test('pin: 512 sets and any first epoch are taken', () => {
  isTaken(
    good.replace(
      /(set [^\n]*\n)+/,
      Array.from({ length: 512 }, (_, i) => `set ${i + 5} ${'0'.repeat(64)}\n`).join(''),
    ),
  );
});
