// Imports: the library stands on @noble and itself; the command line on a few modules of Node.js besides,
// none of which opens a connection.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const place = (path) => new URL(`../${path}`, import.meta.url);
const IMPORT = /\b(?:import|export)\b[^;'"]*?\bfrom\s*(['"])(.*?)\1|\bimport\s*(['"])(.*?)\3/g;
const importsOf = (text) => [...text.matchAll(IMPORT)].map((match) => match[2] ?? match[4]);

const COMMAND = ['node:crypto', 'node:fs', 'node:fs/promises', 'node:util', '../src/index.js'];
const PAGE = ['../src/index.js'];

function allowed(folder, name) {
  if (folder === 'bin') return COMMAND.includes(name);
  if (folder === 'page') return PAGE.includes(name);
  return (
    /^\.\/[a-z-]+\.js$/.test(name) || ['@noble/curves/secp256k1.js', '@noble/hashes/sha2.js'].includes(name)
  );
}

for (const [folder, files] of [
  ['src', readdirSync(place('src'))],
  ['bin', ['stele-verify.js']],
  ['page', ['page.js']],
]) {
  for (const file of files) {
    test(`imports of ${folder}/${file}`, () => {
      const text = readFileSync(place(`${folder}/${file}`), 'utf8');
      for (const name of importsOf(text)) assert.ok(allowed(folder, name), name);
      assert.doesNotMatch(
        text,
        /\b(import|require|eval|fetch|sendBeacon)\s*\(|\b(WebSocket|EventSource|XMLHttpRequest)\b/,
      );
    });
  }
}

test('imports: each form of one is noticed', () => {
  const text =
    'import a from "x1";\nimport { b,\n c } from \'x2\';\nexport { d } from "x3";\n' +
    'import "x4";\nexport * from "x5";';
  assert.deepEqual(importsOf(text), ['x1', 'x2', 'x3', 'x4', 'x5']);
});

test('the lock names exact versions, and no place they come from', () => {
  const { packages } = JSON.parse(readFileSync(place('package-lock.json')));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(place('package.json')));
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(Object.keys(dependencies), ['@noble/curves', '@noble/hashes']);
  for (const [name, entry] of Object.entries(packages)) {
    assert.equal(entry.resolved, undefined, name);
    if (name !== '') assert.ok(entry.integrity, name);
  }
});
