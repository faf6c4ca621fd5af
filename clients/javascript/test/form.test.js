// Form: what is refused before anything is judged (docs/receipt.md, sections 1 to 4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../src/index.js';
import * as chain from './chain.js';

const { base64, bytesOf, bytesField, build, join, numberField, pin, render, varint, SETS } = chain;

const FORM = 'form 7010';
const good = build().receipt;
const isForm = (text) => assert.equal(verify(text).line, FORM);
const isNoForm = (text) => assert.doesNotMatch(verify(text).line, /^form/);

function each(name, cases, run) {
  for (const [what, ...rest] of cases) test(`${name}: ${what}`, () => run(...rest));
}

// A receipt in which `change` was made.
function changed(change, settings = {}) {
  const receipt = structuredClone(build(settings).receipt);
  change(receipt);
  return render(receipt);
}

// ---- text

const text = render(good);
each(
  'text',
  [
    ['nothing', ''],
    ['no line feed', text.slice(0, -1)],
    ['two line feeds', `${text}\n`],
    ['carriage return', text.replace(/\n$/, '\r\n')],
    ['byte order mark', `\ufeff${text}`],
    ['space', text.replace('":', '": ')],
    ['space before', ` ${text}`],
    ['members out of order', `{"stele_receipt":1,${text.slice(1).replace(',"stele_receipt":1', '')}`],
    ['a member twice', text.replace('"stele_receipt":1', '"stele_receipt":1,"stele_receipt":1')],
    ['version with a point', text.replace('"stele_receipt":1', '"stele_receipt":1.0')],
    ['version with an exponent', text.replace('"stele_receipt":1', '"stele_receipt":1e0')],
    ['negative', text.replace('"stele_receipt":1', '"stele_receipt":-1')],
    ['leading zero', text.replace('"stele_receipt":1', '"stele_receipt":01')],
    ['version 2^53', text.replace('"stele_receipt":1', `"stele_receipt":${2 ** 53}`)],
    ['version as text', text.replace('"stele_receipt":1', '"stele_receipt":"1"')],
    ['true', text.replace('"stele_receipt":1', '"stele_receipt":true')],
    ['null', text.replace('"stele_receipt":1', '"stele_receipt":null')],
    ['escaped slash', text.replace('/', '\\/')],
    ['escaped letter', text.replace('stele/v1', '\\u0073tele/v1')],
    ['line feed as itself', text.replace('\\n', '\n')],
    ['tab', text.replace('\\n', '\\t')],
    ['U+007F', text.replace('stele/v1', '\u007ftele/v1')],
    ['é', text.replace('stele/v1', 'étele/v1')],
    ['array', '[]\n'],
    ['text', '"x"\n'],
    ['number', '1\n'],
    ['cut', text.slice(0, 1000)],
    ['comma at the end', text.replace(/}\n$/, ',}\n')],
  ],
  isForm,
);

test('text: bytes that are no UTF-8', () => {
  isForm(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a));
});

const unknown = (more) => `{${more}"stele_receipt":2}\n`;
each(
  'version',
  [
    ['2', unknown(''), 'form 7011'],
    ['0', '{"stele_receipt":0}\n', 'form 7011'],
    ['the largest number', `{"stele_receipt":${2 ** 53 - 1}}\n`, 'form 7011'],
    ['above the largest number', `{"stele_receipt":${2 ** 53}}\n`, FORM],
    ['other members', unknown('"a":[1,{"b":"c"}],'), 'form 7011'],
    ['not canonical', ' {"stele_receipt":2}\n', FORM],
    ['names in the order of what they say', unknown('"\\n":1,"!":1,"\\"":1,"#":1,"\\\\":1,'), 'form 7011'],
    ['names in another order', unknown('"#":1,"\\"":1,'), FORM],
    ['no name', unknown('"":1,'), 'form 7011'],
    ['empty ones', unknown('"a":{},"b":[],'), 'form 7011'],
    ['32 deep', unknown(`"a":${'['.repeat(31)}${']'.repeat(31)},`), 'form 7011'],
    ['33 deep', unknown(`"a":${'['.repeat(32)}${']'.repeat(32)},`), FORM],
    ['very deep', unknown(`"a":${'['.repeat(2000000)}${']'.repeat(2000000)},`), FORM],
    ['4 MiB', unknown(`"a":"${'x'.repeat(4194304 - 27)}",`), 'form 7011'],
    ['longer than 4 MiB', unknown(`"a":"${'x'.repeat(4194304 - 26)}",`), FORM],
  ],
  (given, expected) => assert.equal(verify(given).line, expected),
);

// ---- members

const MEMBERS = [
  'finalization',
  'headers',
  'previous',
  'record',
  'set',
  'set_changes',
  'stele_receipt',
  'subject',
];
for (const name of MEMBERS) {
  test(`members: ${name} is needed`, () =>
    isForm(
      changed((r) => {
        delete r[name];
      }),
    ));
  test(`members: ${name} has its type`, () => {
    for (const other of ['', 7, [], {}, ['x'], 'AA=='].filter(
      (value) => name !== 'set_changes' || !Array.isArray(value) || value.length,
    )) {
      const line = verify(
        changed((r) => {
          r[name] = other;
        }),
      ).line;
      assert.match(
        line,
        name === 'stele_receipt' && other === 7 ? /^form 7011$/ : /^form 7010$/,
        JSON.stringify(other),
      );
    }
  });
}

const zero = '0'.repeat(64);
const times = (count, value) => Array.from({ length: count }, () => value);
each(
  'members',
  [
    [
      'unknown',
      (r) => {
        r.more = 1;
      },
    ],
    [
      '__proto__',
      (r) => {
        Object.defineProperty(r, '__proto__', { value: 1, enumerable: true });
      },
    ],
    [
      'unknown in record',
      (r) => {
        r.record.more = 1;
      },
    ],
    [
      'unknown in subject',
      (r) => {
        r.subject.more = 1;
      },
    ],
    [
      'unknown in a change',
      (r) => {
        r.set_changes[0].more = 1;
      },
    ],
    [
      'unknown in status',
      (r) => {
        r.status.more = 1;
      },
    ],
    [
      'unknown in an entry of state',
      (r) => {
        r.status.entries[0].more = 1;
      },
    ],
    [
      'no log index',
      (r) => {
        delete r.record.log_index;
      },
    ],
    [
      'log index as text',
      (r) => {
        r.record.log_index = '9';
      },
    ],
    [
      'path of 64',
      (r) => {
        r.record.path = times(64, zero);
      },
    ],
    [
      'hash of 63 digits',
      (r) => {
        r.record.path[0] = zero.slice(1);
      },
    ],
    [
      'hash with capitals',
      (r) => {
        r.record.path[0] = 'A'.repeat(64);
      },
    ],
    [
      'subject hash',
      (r) => {
        r.subject.sha256 = zero.slice(2);
      },
    ],
    [
      'base64 without padding',
      (r) => {
        r.record.transaction = r.record.transaction.replace(/=+$/, '');
      },
    ],
    [
      'base64 with other letters',
      (r) => {
        r.record.transaction = r.record.transaction.replace(/.$/, '-');
      },
    ],
    [
      'no headers',
      (r) => {
        r.headers = [];
      },
    ],
    [
      '1,025 headers',
      (r) => {
        r.headers = times(1025, r.headers[0]);
      },
    ],
    [
      'finalization of 107 bytes',
      (r) => {
        r.finalization = base64(new Uint8Array(107));
      },
    ],
    [
      'finalization of 12,289 bytes',
      (r) => {
        r.finalization = base64(new Uint8Array(12289));
      },
    ],
    [
      'finalization of a change of 107 bytes',
      (r) => {
        r.set_changes[0].finalization = base64(new Uint8Array(107));
      },
    ],
    [
      '513 changes',
      (r) => {
        r.set_changes = times(513, r.set_changes[0]);
      },
    ],
    [
      'header that does not parse',
      (r) => {
        r.headers[1] = r.headers[1].replace('height', 'hight');
      },
    ],
    [
      'previous that does not parse',
      (r) => {
        r.previous += 'more\n';
      },
    ],
    [
      'set that does not parse',
      (r) => {
        r.set = r.set.replace('stele/v1', 'stele/v2');
      },
    ],
    [
      'set of a change that does not parse',
      (r) => {
        r.set_changes[0].set += '\n';
      },
    ],
    [
      'set of the status that does not parse',
      (r) => {
        r.status.set_changes[0].set += '\n';
      },
    ],
    [
      'no entries',
      (r) => {
        r.status.entries = [];
      },
    ],
    [
      'five entries',
      (r) => {
        r.status.entries = times(5, r.status.entries[0]);
      },
    ],
    [
      'entries out of order',
      (r) => {
        r.status.entries.reverse();
      },
    ],
    [
      'an entry twice',
      (r) => {
        r.status.entries[1] = r.status.entries[0];
      },
    ],
    [
      'empty value',
      (r) => {
        r.status.entries[0].value = '';
      },
    ],
    [
      'value of 16,385 bytes',
      (r) => {
        r.status.entries[0].value = base64(new Uint8Array(16385));
      },
    ],
    [
      'tree of 65,537 bytes',
      (r) => {
        r.status.tree = base64(new Uint8Array(65537));
      },
    ],
    [
      'consistency alone',
      (r) => {
        delete r.status.finalization;
        delete r.status.set_changes;
      },
    ],
    [
      'no consistency',
      (r) => {
        delete r.status.consistency;
      },
    ],
    [
      'no finalization of the status',
      (r) => {
        delete r.status.finalization;
      },
    ],
    [
      '127 hashes of consistency',
      (r) => {
        r.status.consistency = times(127, zero);
      },
    ],
    [
      'finalization of the status of 107 bytes',
      (r) => {
        r.status.finalization = base64(new Uint8Array(107));
      },
    ],
    [
      '513 changes of the status',
      (r) => {
        r.status.set_changes = times(513, r.status.set_changes[0]);
      },
    ],
    [
      'opened beside an anchor',
      (r) => {
        r.opened = r.record;
      },
    ],
    [
      'entry beside an anchor',
      (r) => {
        r.entry = { data: base64(bytesField(1, new Uint8Array(32))), index: 0, path: [] };
      },
    ],
  ],
  (change) => isForm(changed(change)),
);

each(
  'members at their bounds',
  [
    [
      'path of 63',
      (r) => {
        r.record.path = times(63, zero);
      },
    ],
    [
      'no path',
      (r) => {
        r.record.path = [];
      },
    ],
    [
      '1,024 headers',
      (r) => {
        r.headers = times(1024, r.headers[0]);
      },
    ],
    [
      'finalization of 108 bytes',
      (r) => {
        r.finalization = base64(new Uint8Array(108));
      },
    ],
    [
      'finalization of 12,288 bytes',
      (r) => {
        r.finalization = base64(new Uint8Array(12288));
      },
    ],
    [
      '512 changes',
      (r) => {
        r.set_changes = times(512, r.set_changes[0]);
      },
    ],
    [
      'log index 2^53 - 1',
      (r) => {
        r.record.log_index = 2 ** 53 - 1;
      },
    ],
    [
      'value of 16,384 bytes',
      (r) => {
        r.status.entries[0].value = base64(new Uint8Array(16384));
      },
    ],
    [
      'tree of 65,536 bytes',
      (r) => {
        r.status.tree = base64(new Uint8Array(65536));
      },
    ],
    [
      '126 hashes of consistency',
      (r) => {
        r.status.consistency = times(126, zero);
      },
    ],
  ],
  (change) => isNoForm(changed(change)),
);

each(
  'keys of state',
  [
    ['empty', '', true],
    ['empty segment', 'a//b', true],
    ['segment of 65', 'a'.repeat(65), true],
    ['segment of 64', 'a'.repeat(64), false],
    ['255 bytes', `${'a'.repeat(64)}/${'a'.repeat(64)}/${'a'.repeat(64)}/${'a'.repeat(60)}`, false],
    ['256 bytes', `${'a'.repeat(64)}/${'a'.repeat(64)}/${'a'.repeat(64)}/${'a'.repeat(61)}`, true],
    ['other characters', 'a b', true],
  ],
  (key, isFault) => {
    const given = changed((r) => {
      r.status.entries = [{ key }];
    });
    (isFault ? isForm : isNoForm)(given);
  },
);

each(
  'which parts stand together',
  [
    [
      'batch without entry',
      'batch',
      (r) => {
        delete r.entry;
      },
      true,
    ],
    [
      'batch without both',
      'batch',
      (r) => {
        delete r.entry;
        delete r.subject;
      },
      false,
    ],
    [
      'batch without subject',
      'batch',
      (r) => {
        delete r.subject;
      },
      true,
    ],
    [
      'another operation with subject',
      'other',
      (r) => {
        r.subject = good.subject;
      },
      true,
    ],
    [
      'motion.open with opened',
      'open',
      (r) => {
        r.opened = r.record;
      },
      true,
    ],
    [
      'motion.withdraw with opened',
      'withdraw',
      (r) => {
        r.opened = r.record;
      },
      true,
    ],
    ['approve with opened', 'approve', () => {}, false],
    [
      'entry with unknown member',
      'batch',
      (r) => {
        r.entry.more = 1;
      },
      true,
    ],
    [
      'entry of 94 bytes',
      'batch',
      (r) => {
        r.entry.data = base64(entryOf(94));
      },
      true,
    ],
    [
      'entry of 93 bytes',
      'batch',
      (r) => {
        r.entry.data = base64(entryOf(93));
      },
      false,
    ],
    [
      'entry path of 64',
      'batch',
      (r) => {
        r.entry.path = times(64, zero);
      },
      true,
    ],
    [
      'empty entry',
      'batch',
      (r) => {
        r.entry.data = '';
      },
      true,
    ],
    [
      'entry that is no message',
      'batch',
      (r) => {
        r.entry.data = base64(bytesOf('x'));
      },
      true,
    ],
    [
      'entry without content',
      'batch',
      (r) => {
        r.entry.data = base64(numberField(2, 5));
      },
      true,
    ],
  ],
  (kind, change, isFault) => (isFault ? isForm : isNoForm)(changed(change, { kind })),
);

const entryOf = (length) =>
  join(bytesField(1, new Uint8Array(32)), bytesField(3, new Uint8Array(length - 36)));

// ---- headers and sets

const header = good.headers[0];
const lineOf = (start) => header.split('\n').find((one) => one.startsWith(start));
const withLine = (start, line) => header.replace(lineOf(start), line);
const hexOf = (start) => lineOf(start).split(' ').pop();
each(
  'header',
  [
    ['last line not ended', header.slice(0, -1)],
    ['CR', header.replace(/\n/g, '\r\n')],
    ['two spaces', header.replace('height ', 'height  ')],
    ['origin of another chain', header.replace(/^.*\n/, `test.stele/${'0'.repeat(16)}\n`)],
    ['origin without a name', header.replace(/^test.stele/, '')],
    ['origin with capitals', header.replace(/^test/, 'Test')],
    [
      'origin of 111 bytes and more',
      header.replace(/^test.stele/, `${'a'.repeat(64)}/${'a'.repeat(32)}/${'a'.repeat(13)}`),
    ],
    ['log size 0', header.replace(/\n13\n/, '\n0\n')],
    ['log size with zero', header.replace(/\n13\n/, '\n013\n')],
    ['log root of 31 bytes', header.replace(/\n[A-Za-z0-9+/]{43}=\n/, `\n${base64(new Uint8Array(31))}\n`)],
    ['log root with unused bits', header.replace(/([A-Za-z0-9+/]{42})[A-Za-z0-9+/]=\n/, '$1B=\n')],
    ['format', withLine('format', 'format stele/v2')],
    ['height 2^63', withLine('height', `height ${1n << 63n}`)],
    ['height of 20 digits', withLine('height', 'height 10000000000000000000')],
    ['height with sign', withLine('height', 'height +1')],
    ['time with a point', withLine('time', 'time 1.0')],
    ['proposer 128', withLine('proposer', 'proposer 128')],
    ['rejected 65,537', withLine('rejected', `rejected 65537 ${zero}`)],
    ['nothing rejected with a root', withLine('rejected', `rejected 0 ${zero}`)],
    ['capitals', header.replace(hexOf('state'), hexOf('state').toUpperCase())],
    ['short hash', header.replace(hexOf('state'), hexOf('state').slice(2))],
    ['line missing', header.replace(`${lineOf('proposer')}\n`, '')],
    ['line behind', `${header}more 1\n`],
    ['next-validators twice', `${header}next-validators ${zero}\nnext-validators ${zero}\n`],
    ['empty line behind', `${header}\n`],
    ['nothing', ''],
  ],
  (given) =>
    isForm(
      changed((r) => {
        r.previous = given;
      }),
    ),
);

each(
  'header at its bounds',
  [
    ['height 2^63 - 1', withLine('height', `height ${(1n << 63n) - 1n}`)],
    ['time 0', withLine('time', 'time 0')],
    ['proposer 127', withLine('proposer', 'proposer 127')],
    ['rejected 65,536', withLine('rejected', `rejected 65536 ${zero}`)],
    ['next-validators', `${header}next-validators ${zero}\n`],
    [
      'origin of 110 bytes',
      header.replace(/^test.stele/, `${'a'.repeat(64)}/${'a'.repeat(32)}/${'a'.repeat(12)}`),
    ],
  ],
  (given) =>
    isNoForm(
      changed((r) => {
        r.previous = given;
      }),
    ),
);

const set = SETS[0].text;
const [firstLine, ...memberLines] = set.trimEnd().split('\n');
const setText = (lines) => `${[firstLine, ...lines].join('\n')}\n`;
const swapped = memberLines.slice();
[swapped[0], swapped[1]] = [swapped[1], swapped[0]];
const field = (line, at, value) =>
  line
    .split(' ')
    .map((old, i) => (i === at ? value : old))
    .join(' ');
const inFirst = (at, value) => setText([field(memberLines[0], at, value), ...memberLines.slice(1)]);
const second = memberLines[1].split(' ');
each(
  'set',
  [
    ['no member', setText([])],
    ['out of order', setText(swapped)],
    ['a member twice', setText([memberLines[0], ...memberLines])],
    ['an id twice', inFirst(0, second[0])],
    ['an organisation twice', inFirst(1, second[1])],
    ['a node key twice', inFirst(3, second[3])],
    ['a node key that is a consensus key', inFirst(3, second[2])],
    ['a node key that is the own consensus key', inFirst(3, memberLines[0].split(' ')[2])],
    ['a key that is no point', inFirst(3, `02${'0'.repeat(64)}`)],
    ['a key of 32 bytes', inFirst(3, `02${'0'.repeat(62)}`)],
    ['an uncompressed prefix', inFirst(3, `04${second[3].slice(2)}`)],
    ['a key in capitals', inFirst(3, second[3].toUpperCase())],
    ['id of 65', inFirst(0, 'a'.repeat(65))],
    ['five fields', inFirst(3, `${memberLines[0].split(' ')[3]} x`)],
    ['three fields', setText([memberLines[0].split(' ').slice(0, 3).join(' '), ...memberLines.slice(1)])],
    ['not ended', set.slice(0, -1)],
  ],
  (given) =>
    isForm(
      changed((r) => {
        r.set = given;
      }),
    ),
);

const many = (count) => chain.setOf(Array.from({ length: count }, (_, i) => `M${i}`)).text;
test('set: one member and 128 parse, 129 do not', () => {
  isNoForm(
    changed((r) => {
      r.set = many(1);
    }),
  );
  isNoForm(
    changed((r) => {
      r.set = many(128);
    }),
  );
  isForm(
    changed((r) => {
      r.set = many(129);
    }),
  );
});

// ---- transactions

const body = (...parts) => join(...parts);
const HEAD = [bytesField(1, chain.CHAIN), bytesField(2, chain.SIGNER.key)];
const other = bytesField(60, new Uint8Array(0));
const SIGNATURE = bytesField(2, new Uint8Array(64).fill(1));
const enveloped = (bytes) => join(bytesField(1, bytes), SIGNATURE);
const anchor = (...fields) => enveloped(body(...HEAD, bytesField(81, join(...fields))));
const CONTENT = bytesField(1, new Uint8Array(32));
const tag = (number, type) => varint((BigInt(number) << 3n) | BigInt(type));

function transactionCase(envelope, isFault, settings = { kind: 'other' }) {
  const given = changed((r) => {
    r.record.transaction = base64(envelope);
    delete r.status;
  }, settings);
  (isFault ? isForm : isNoForm)(given);
}

each(
  'transaction',
  [
    ['good', enveloped(body(...HEAD, other)), false],
    ['both numbers', enveloped(body(...HEAD, numberField(3, 1), numberField(4, 1), other)), false],
    [
      'largest numbers',
      enveloped(body(...HEAD, numberField(3, (1n << 63n) - 1n), numberField(4, (1n << 64n) - 1n), other)),
      false,
    ],
    ['nothing', new Uint8Array(0), true],
    ['no signature', bytesField(1, body(...HEAD, other)), true],
    ['signature of 63', join(bytesField(1, body(...HEAD, other)), bytesField(2, new Uint8Array(63))), true],
    ['attachment', join(enveloped(body(...HEAD, other)), bytesField(3, bytesOf('x'))), true],
    ['empty body', enveloped(new Uint8Array(0)), true],
    [
      'length of the body not minimal',
      join(Uint8Array.of(0x0a, 0xc7, 0x00), body(...HEAD, other), SIGNATURE),
      true,
    ],
    ['chain of 31', enveloped(body(bytesField(1, new Uint8Array(31)), HEAD[1], other)), true],
    ['no chain', enveloped(body(HEAD[1], other)), true],
    ['no signer', enveloped(body(HEAD[0], other)), true],
    ['signer 04', enveloped(body(HEAD[0], bytesField(2, new Uint8Array(33).fill(4)), other)), true],
    ['signer of 32', enveloped(body(HEAD[0], bytesField(2, new Uint8Array(32).fill(2)), other)), true],
    [
      'signer that is no point',
      enveloped(body(HEAD[0], bytesField(2, join(Uint8Array.of(2), new Uint8Array(32))), other)),
      false,
    ],
    ['valid_until 0', enveloped(body(...HEAD, numberField(3, 0), other)), true],
    ['valid_until 2^63', enveloped(body(...HEAD, numberField(3, 1n << 63n), other)), true],
    ['valid_until not minimal', enveloped(body(...HEAD, Uint8Array.of(0x18, 0x81, 0x00), other)), true],
    ['valid_until as bytes', enveloped(body(...HEAD, bytesField(3, bytesOf('x')), other)), true],
    ['valid_until twice', enveloped(body(...HEAD, numberField(3, 1), numberField(3, 1), other)), true],
    ['nonce 0', enveloped(body(...HEAD, numberField(4, 0), other)), true],
    ['nonce before valid_until', enveloped(body(...HEAD, numberField(4, 1), numberField(3, 1), other)), true],
    ['nonce of 11 bytes', enveloped(body(...HEAD, Uint8Array.of(0x20, ...times(10, 0xff), 1), other)), true],
    ['nonce of 2^64', enveloped(body(...HEAD, Uint8Array.of(0x20, ...times(9, 0x80), 2), other)), true],
    ['no operation', enveloped(body(...HEAD)), true],
    ['two operations', enveloped(body(...HEAD, other, other)), true],
    ['unknown operation', enveloped(body(...HEAD, bytesField(19, new Uint8Array(0)))), true],
    ['operation as a number', enveloped(body(...HEAD, numberField(60, 1))), true],
    ['operation tag not minimal', enveloped(body(...HEAD, Uint8Array.of(0xe2, 0x83, 0x00, 0x00))), true],
    ['operation length not minimal', enveloped(body(...HEAD, tag(60, 2), Uint8Array.of(0x80, 0x00))), true],
    ['operation longer than the body', enveloped(body(...HEAD, tag(60, 2), Uint8Array.of(1))), true],
    ['operation shorter than the body', enveloped(body(...HEAD, other, Uint8Array.of(0))), true],
    ['operation that is no message', enveloped(body(...HEAD, bytesField(60, bytesOf('xyz')))), false],
    ['body of 65,450', enveloped(body(...HEAD, bytesField(60, new Uint8Array(65450 - 69 - 5)))), false],
    ['body of 65,451', enveloped(body(...HEAD, bytesField(60, new Uint8Array(65451 - 69 - 5)))), true],
  ],
  (bytes, isFault) => transactionCase(bytes, isFault),
);

each(
  'message',
  [
    ['content', anchor(CONTENT), false],
    ['content and size', anchor(CONTENT, numberField(2, 5)), false],
    ['largest size', anchor(CONTENT, numberField(2, (1n << 63n) - 1n)), false],
    [
      'unread fields, again and again',
      anchor(CONTENT, numberField(9, 0), bytesField(9, bytesOf('x')), numberField(9, 0)),
      false,
    ],
    ['largest field number', anchor(CONTENT, tag(2 ** 29 - 1, 0), varint(1)), false],
    ['field number 2^29', anchor(CONTENT, tag(2 ** 29, 0), varint(1)), true],
    ['field number 0', anchor(tag(0, 0), varint(1), CONTENT), true],
    ['no content', anchor(numberField(2, 5)), true],
    ['content of 31', anchor(bytesField(1, new Uint8Array(31))), true],
    ['content of 33', anchor(bytesField(1, new Uint8Array(33))), true],
    ['content as a number', anchor(numberField(1, 1)), true],
    ['content twice', anchor(CONTENT, CONTENT), true],
    ['size 0', anchor(CONTENT, numberField(2, 0)), true],
    ['size 2^63', anchor(CONTENT, numberField(2, 1n << 63n)), true],
    ['size as bytes', anchor(CONTENT, bytesField(2, bytesOf('x'))), true],
    ['size before content', anchor(numberField(2, 5), CONTENT), true],
    ['group', anchor(CONTENT, tag(5, 3), tag(5, 4)), true],
    ['fixed width', anchor(CONTENT, tag(5, 5), new Uint8Array(4)), true],
    ...[1, 3, 4, 5, 6, 7].map((type) => [
      `wire type ${type}, were it one with a length`,
      anchor(CONTENT, tag(5, type), Uint8Array.of(1, 0)),
      true,
    ]),
    ['tag not minimal', anchor(CONTENT, Uint8Array.of(0xa8, 0x00, 0x01)), true],
    ['value not minimal', anchor(CONTENT, Uint8Array.of(0x28, 0x81, 0x00)), true],
    ['an unread number of 2^64', anchor(CONTENT, tag(5, 0), Uint8Array.of(...times(9, 0x80), 2)), true],
    ['an unread number of 2^64 - 1', anchor(CONTENT, tag(5, 0), varint((1n << 64n) - 1n)), false],
    ['bytes beyond the end', anchor(CONTENT, tag(5, 2), varint(1)), true],
    ['tag alone', anchor(CONTENT, tag(5, 0)), true],
  ],
  (bytes, isFault) => transactionCase(bytes, isFault, {}),
);

const operation = (number, ...fields) => enveloped(body(...HEAD, bytesField(number, join(...fields))));
const ROOT = (at) => bytesField(at, new Uint8Array(32));
each(
  'operation',
  [
    ['approve', operation(17, numberField(1, (1n << 63n) - 1n)), false],
    ['approve nothing', operation(17), true],
    ['approve 0', operation(17, numberField(1, 0)), true],
    ['approve 2^63', operation(17, numberField(1, 1n << 63n)), true],
    ['withdraw nothing', operation(18), true],
    ['withdraw', operation(18, numberField(1, 1)), false],
    ['batch', operation(82, numberField(1, 4096), ROOT(2)), false],
    ['batch of 4,097', operation(82, numberField(1, 4097), ROOT(2)), true],
    ['batch of 0', operation(82, numberField(1, 0), ROOT(2)), true],
    ['batch without root', operation(82, numberField(1, 1)), true],
    ['batch without count', operation(82, ROOT(2)), true],
    ['roll-up', operation(83, ROOT(1), numberField(2, 1n << 40n)), false],
    ['roll-up of 2^40 + 1', operation(83, ROOT(1), numberField(2, (1n << 40n) + 1n)), true],
    ['roll-up without count', operation(83, ROOT(1)), true],
    ['roll-up without root', operation(83, numberField(2, 1)), true],
  ],
  (bytes, isFault) => transactionCase(bytes, isFault),
);

test('operation: opened is read as record is', () => {
  const opened = (bytes) =>
    changed(
      (r) => {
        r.opened.transaction = base64(bytes);
      },
      { kind: 'approve' },
    );
  isNoForm(opened(operation(81, CONTENT)));
  isForm(opened(operation(81)));
  isForm(opened(new Uint8Array(3)));
});

test('form: trust that does not parse goes before a receipt that does not', () => {
  assert.equal(verify('x', { trust: 'x' }).line, 'trust');
  assert.equal(verify('x', { trust: pin() }).line, FORM);
});
