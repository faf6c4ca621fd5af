// Makes build/stele-verify.html: the page, its style and its script in one file that works from disk.
// Its policy allows exactly that script and that style, by their hashes, and no connection.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const place = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Replaced exactly once, as the text it is.
function replaced(text, old, by) {
  const parts = text.split(old);
  if (parts.length !== 2) throw new Error(`index.html has not one ${old}`);
  return parts.join(by);
}

const bundle = await build({
  entryPoints: [place('page.js')],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  minify: true,
  charset: 'ascii',
  legalComments: 'inline',
});
const script = bundle.outputFiles[0].text.replaceAll('</script', '<\\/script');
const style = readFileSync(place('page.css'), 'utf8');
const policy =
  `default-src 'none'; script-src ${source(script)}; style-src ${source(style)}; img-src data:; ` +
  "connect-src 'none'; base-uri 'none'; form-action 'none'";

let page = readFileSync(place('index.html'), 'utf8');
page = replaced(
  page,
  '<meta charset="utf-8">',
  `<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
);
page = replaced(page, '<link rel="stylesheet" href="page.css">', `<style>${style}</style>`);
page = replaced(page, '<script type="module" src="page.js"></script>', `<script>${script}</script>`);
mkdirSync(place('../build'), { recursive: true });
writeFileSync(place('../build/stele-verify.html'), page);
