// The page: verifies what is dropped on it, in the browser.

import { fileHash, outcome, resultWord, tell, verify, when } from '../src/index.js';

const CHUNK_BYTES = 4 * 1024 * 1024;
const TEXT_BYTES_MAX = 4194305; // one more than a receipt may have, and more than any trust
const KINDS = ['receipt', 'file', 'trust'];
const HEADLINES = {
  verified: 'Nothing failed, and the network you trust vouches for it',
  failed: 'A check failed',
  unknown: 'Nothing failed, but nobody vouches for it',
};

const HEX = /^[0-9a-f]{64,66}$/;

const element = (id) => document.getElementById(id);
const chosen = { receipt: null, file: null, trust: null };
let turn = 0;

const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());

// What a file is, by its name and its first line.
async function kindOf(file) {
  if (file.name.endsWith('.stele.json')) return 'receipt';
  const start = await file.slice(0, 17).text();
  return start.startsWith('stele/v1 genesis\n') || start.startsWith('stele/v1 pin\n') ? 'trust' : 'file';
}

// SHA-256 and size, read piece by piece; null once `isCurrent` no longer holds.
async function hashed(file, isCurrent) {
  const hash = fileHash();
  const bar = element('bar');
  element('progress').hidden = file.size <= CHUNK_BYTES;
  for (let at = 0; at < file.size; at += CHUNK_BYTES) {
    hash.update(await bytesOf(file.slice(at, at + CHUNK_BYTES)));
    if (!isCurrent()) return null;
    bar.value = (100 * at) / file.size;
  }
  element('progress').hidden = true;
  return hash.facts();
}

async function judge() {
  const mine = ++turn;
  const isCurrent = () => mine === turn;
  element('progress').hidden = true;
  element('result').hidden = true;
  if (chosen.receipt === null) return;
  try {
    const receipt = await bytesOf(chosen.receipt.slice(0, TEXT_BYTES_MAX));
    const trust = chosen.trust && (await bytesOf(chosen.trust.slice(0, TEXT_BYTES_MAX)));
    const file = chosen.file && (await hashed(chosen.file, isCurrent));
    if (isCurrent()) show(verify(receipt, { trust, file }));
  } catch (error) {
    if (isCurrent()) showUnreadable(error);
  }
}

function show(verdict) {
  const word = outcome(verdict);
  element('result').dataset.outcome = word;
  element('headline').textContent = HEADLINES[word];
  element('findings').replaceChildren(...tell(verdict).map(rowOf));
  tellFacts(verdict.facts);
  element('line').textContent = verdict.line;
  element('result').hidden = false;
}

function showUnreadable(error) {
  element('progress').hidden = true;
  element('result').dataset.outcome = 'failed';
  element('headline').textContent = `A file cannot be read: ${error.message}`;
  element('findings').replaceChildren();
  tellFacts(null);
  element('line').textContent = '-';
  element('result').hidden = false;
}

function made(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

function rowOf({ name, result, code, text }) {
  const row = document.createElement('li');
  row.className = result;
  const word = code ? `${resultWord(result)} E${code}` : resultWord(result);
  row.append(made('span', name, 'what'), made('span', word, 'word'), made('span', text, 'text'));
  return row;
}

function tellFacts(facts) {
  element('said').hidden = !facts;
  element('facts').replaceChildren(...(facts ? rowsOf(facts) : []));
}

function rowsOf(facts) {
  const pairs = [
    ['Network', facts.origin],
    ['Chain', facts.chain],
    ['Operation', facts.operation],
    ['Signed by key', facts.signer],
    ['Recorded', `height ${facts.height}, ${when(facts.time)}`],
  ];
  if (facts.subject) pairs.push(['SHA-256', facts.subject.sha256], ['Size', `${facts.subject.size} bytes`]);
  return pairs.flatMap(([term, value]) => [
    made('dt', term),
    made('dd', value, HEX.test(value) ? 'hex' : ''),
  ]);
}

function choose(kind, file) {
  chosen[kind] = file;
  element(`slot-${kind}`).classList.toggle('filled', file !== null);
  element(`name-${kind}`).textContent = file ? file.name : 'none yet';
}

for (const kind of KINDS) {
  element(kind).addEventListener('change', ({ target }) => {
    if (target.files.length === 0) return;
    choose(kind, target.files[0]);
    judge();
  });
}

element('again').addEventListener('click', () => {
  for (const kind of ['receipt', 'file']) {
    element(kind).value = '';
    choose(kind, null);
  }
  judge();
  element('receipt').focus();
});

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('over');
});
document.addEventListener('drop', async (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  const files = [...event.dataTransfer.files];
  const kinds = await Promise.all(files.map((file) => kindOf(file).catch(() => 'file')));
  files.forEach((file, i) => choose(kinds[i], file));
  judge();
});
