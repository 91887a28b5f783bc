#!/usr/bin/env node
/**
 * Builds the page of `winnow studio`: `node tools/build-page.mjs [FOLDER]` (default: dist/studio-page). Equal sources
 * give equal bytes; over a budget it fails.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import react from '@vitejs/plugin-react';
import { PAGE_FOLDER, PAGE_SOURCES, pageDigest, ROOT } from './page/page-digest.mjs';
import { thirdParty } from './page/third-party.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
/** Of gzip -9 for the scripts and styles that the first page loads and for workers, of plain bytes for WebAssembly and all. */
const BUDGETS = { firstScripts: 160_000, firstStyles: 15_000, workers: 400_000, wasm: 1_500_000, all: 4_000_000 };

/**
 * @param {string} folder replaced as a whole
 * @returns {Promise<Record<keyof typeof BUDGETS, number>>} bytes, as in BUDGETS
 * @throws Error over a budget, or for a package without a licence
 */
export async function buildPage(folder) {
  const draft = `${folder}.${process.pid}`;
  try {
    const { chunks, ofWorkers } = await bundle(draft);
    writeFileSync(path.join(draft, 'THIRD-PARTY.txt'), thirdParty([...chunks, ...ofWorkers]));
    const sizes = measure(draft, chunks, ofWorkers);
    for (const [what, bytes] of Object.entries(sizes)) {
      if (bytes > BUDGETS[what]) throw new Error(`The page's ${what} have ${bytes} bytes, more than ${BUDGETS[what]}.`);
    }
    const files = listFiles(draft).map((name) => describe(draft, name));
    writeFileSync(path.join(draft, 'files.json'), `${JSON.stringify({ source: pageDigest(), files }, null, 2)}\n`);
    mkdirSync(path.dirname(folder), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return sizes;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What stands for modules that need Node: tensors compute by WebAssembly alone. */
const BROWSER_MODULES = [
  { find: /^@winnow\/tensor$/, replacement: path.join(ROOT, 'libs/tensor/src/browser/index.ts') },
  { find: /^@tensorflow\/tfjs$/, replacement: '@tensorflow/tfjs-core' },
];

/** Workers are bundled by themselves: Vite hands them over as files without chunks. */
function collectChunks(into) {
  return {
    name: 'winnow-collect-chunks',
    generateBundle(_options, output) {
      into.push(...Object.values(output).filter(({ type }) => type === 'chunk'));
    },
  };
}

async function bundle(outDir) {
  const ofWorkers = [];
  // Of a shell's own it would make React's development build.
  process.env.NODE_ENV = 'production';
  const { output } = await build({
    root: path.join(ROOT, PAGE_SOURCES),
    base: '/',
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    mode: 'production',
    plugins: [react()],
    resolve: { alias: BROWSER_MODULES },
    worker: { format: 'es', plugins: () => [collectChunks(ofWorkers)] },
    cacheDir: path.join(ROOT, 'node_modules/.cache/vite'),
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // The policy of the page knows no data: addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // Of a loaded machine, of no interest.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  return { chunks: output.filter(({ type }) => type === 'chunk'), ofWorkers };
}

/** What is loaded before anything is shown: the entry and what it imports, not what it imports later. */
function measure(folder, chunks, ofWorkers) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const first = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of first) for (const imported of byName.get(name).imports) first.add(imported);
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const styles = [...page.matchAll(/href="\/([^"]+\.css)"/g)].map(([, name]) => name);
  const zipped = (names) =>
    [...names].reduce((sum, name) => sum + gzipSync(readFileSync(path.join(folder, name)), { level: 9 }).length, 0);
  const plain = (names) => names.reduce((sum, name) => sum + readFileSync(path.join(folder, name)).length, 0);
  const all = listFiles(folder);
  return {
    firstScripts: zipped(first),
    firstStyles: zipped(styles),
    workers: zipped(new Set(ofWorkers.map(({ fileName }) => fileName))),
    wasm: plain(all.filter((name) => name.endsWith('.wasm'))),
    all: plain(all),
  };
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

function describe(folder, name) {
  const bytes = readFileSync(path.join(folder, name));
  const type = TYPES[path.extname(name)];
  if (type === undefined) throw new Error(`The page holds ${name}, whose type the server would not know.`);
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), type };
}

if (import.meta.filename === process.argv[1]) {
  const folder = path.resolve(process.argv[2] ?? path.join(ROOT, PAGE_FOLDER));
  const { firstScripts, firstStyles, workers, wasm, all } = await buildPage(folder);
  const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  process.stdout.write(
    `${folder}: first page ${kilo(firstScripts)} of scripts and ${kilo(firstStyles)} of styles, workers ${kilo(workers)} (gzip), ` +
      `WebAssembly ${kilo(wasm)}, ${kilo(all)} in all\n`,
  );
}
