#!/usr/bin/env node
/**
 * Makes what a user installs, winnow-ml-winnow-VERSION.tgz: `node tools/pack.mjs [FOLDER]` (default: dist). All TypeScript is
 * compiled, folders stay where the code looks for them, and nothing in it has an install script.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';
import { PAGE_FOLDER, PAGE_SOURCES } from './page/page-digest.mjs';
import { compileReachable } from './pack/compile-reachable.mjs';
import { packageManifest, VENDORED } from './pack/package-manifest.mjs';

/** Loaded by nobody else: started as processes, by path. */
const PROGRAMS = ['libs/testing/src/serve-demo-web.ts'];
const COPIED = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'docs',
  'examples',
  'migrations',
  'libs/imaging/native',
  'libs/tensor/native',
  PAGE_FOLDER,
];

/**
 * @param {string} folder where the tarball goes
 * @returns {string} its path
 */
export function packWinnow(folder) {
  const stage = mkdtempSync(path.join(tmpdir(), 'winnow-pack-'));
  try {
    fillStage(stage);
    mkdirSync(folder, { recursive: true });
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', path.resolve(folder)];
    const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd: stage, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm pack failed: ${error?.message ?? stderr}`);
    const written = JSON.parse(stdout);
    // A list in npm up to 11, an object by package since.
    const [{ filename }] = Object.values(written);
    return path.join(path.resolve(folder), filename);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function fillStage(stage) {
  const projects = listProjects();
  const sources = projects.flatMap(({ folder }) => listFiles(`${folder}/src`));
  const entries = [
    'apps/winnow/src/main.ts',
    ...projects.filter(({ folder }) => folder.startsWith('apps/')).map(({ folder }) => `${folder}/src/index.ts`),
    // Plain JavaScript beside the code is the start of a thread.
    ...sources.filter((file) => file.endsWith('.js')),
    ...PROGRAMS,
  ];
  const packages = compileReachable({
    root: ROOT,
    target: stage,
    entries: [...new Set(entries)],
    projects: new Map(projects.flatMap(exportedFiles)),
  });
  for (const file of COPIED) copy(stage, file);
  copy(stage, 'apps/winnow/bin/winnow.js');
  copy(stage, 'tools/pack/compiled-hook.js', 'apps/winnow/bin/register-typescript.js');
  vendor(stage);
  for (const { folder, name, version, exports } of projects) {
    if (existsSync(path.join(stage, folder)))
      writeJson(path.join(stage, folder, 'package.json'), { name, version, exports: compiledExports(exports) });
  }
  const manifest = packageManifest(readJson('package.json'), projects, {
    lock: readJson('package-lock.json').packages,
    files: ['apps', 'libs', 'dist', 'vendor', ...COPIED.filter((file) => !file.includes('/'))],
  });
  requireDeclared(packages, manifest);
  writeJson(path.join(stage, 'package.json'), manifest);
}

/** The compiled half of VENDORED, and the C++ that winnow builds its own binding from. */
function vendor(stage) {
  const from = `node_modules/${VENDORED}`;
  const files = listFiles(from).filter((file) => {
    const name = file.slice(from.length + 1);
    return /^(package\.json|README\.md|binding\/.*\.(cc|h))$/.test(name) || /^dist\/(?!.*_test\.js$).*\.js$/.test(name);
  });
  for (const file of files) copy(stage, file, file.replace('node_modules', 'vendor'));
}

/** @throws Error for a package that is loaded and neither shipped nor named */
function requireDeclared(packages, { dependencies, optionalDependencies }) {
  const named = new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), VENDORED]);
  const unnamed = [...packages].filter((name) => !named.has(name));
  if (unnamed.length > 0) throw new Error(`no package.json names ${unnamed.sort().join(', ')}`);
}

/** What a project exports, by the name that others import. */
function exportedFiles({ name, folder, exports = {} }) {
  return Object.entries({ '.': './src/index.ts', ...exports }).map(([part, file]) => [
    path.posix.join(name, part),
    path.posix.join(folder, file),
  ]);
}

/** For compiled-hook.js, which looks parts up there. */
function compiledExports(exports = {}) {
  return Object.fromEntries(Object.entries(exports).map(([part, file]) => [part, file.replace(/\.ts$/, '.js')]));
}

function listProjects() {
  return ['apps', 'libs'].flatMap((kind) =>
    readdirSync(path.join(ROOT, kind))
      .sort()
      .map((name) => `${kind}/${name}`)
      // The page is shipped as the bundler made it.
      .filter((folder) => folder !== PAGE_SOURCES && existsSync(path.join(ROOT, folder, 'package.json')))
      .map((folder) => ({ folder, ...readJson(`${folder}/package.json`) })),
  );
}

function listFiles(folder) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : listFiles(file);
      return [file];
    });
}

function copy(stage, file, to = file) {
  const target = path.join(stage, to);
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(path.join(ROOT, file), target, { recursive: true });
}

function readJson(file) {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

if (import.meta.filename === process.argv[1]) {
  ensureDependencies();
  const file = packWinnow(process.argv[2] ?? path.join(ROOT, 'dist'));
  process.stdout.write(`${file} (${(statSync(file).size / 1e6).toFixed(1)} MB)\n`);
}
