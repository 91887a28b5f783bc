#!/usr/bin/env node
/**
 * Sizes of the code by project: `node tools/house.mjs`. With `--check` it fails where something unused was found (an
 * export, a file, a dependency) or an import that is against the order of projects, or where a number of tools/house/limits.json is exceeded. Below them,
 * `--tighten` writes the present numbers there.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './ensure-dependencies.mjs';
import { findForbiddenImports } from './house/boundaries.mjs';
import { findCircles, readImports } from './house/import-circles.mjs';
import { MAX_FOLDER_FILES, sizesOf, SMALL_FILE_LINES } from './house/project-sizes.mjs';

const LIMITS_FILE = path.join(ROOT, 'tools/house/limits.json');
const LIMITED = ['circles', 'smallFiles', 'largeFolders', 'dependencies'];

const readJson = (file) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

/** TypeScript files of the checkout by project folder, tracked or new: text by relative path. */
function readProjects() {
  const files = listFiles();
  const projects = new Map();
  for (const file of files) {
    const project = /^(?:(?:apps|libs)\/[^/]+|bench)(?=\/)/.exec(file)?.[0];
    const text = project === undefined ? null : readIfThere(file);
    if (text === null) continue;
    if (!projects.has(project)) projects.set(project, new Map());
    projects.get(project).set(file, text);
  }
  return new Map([...projects].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of a checkout that may belong to somebody else, or of an unpacked archive. */
function listFiles() {
  const list = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'];
  const { status, stdout } = spawnSync('git', list, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return [...new Set(stdout.trim().split('\n'))];
  return ['apps', 'libs', 'bench'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
      .map((name) => `${folder}/${name}`),
  );
}

function readIfThere(file) {
  try {
    return readFileSync(path.join(ROOT, file), 'utf8');
  } catch {
    return null;
  }
}

/** What knip calls unused, with where it is: `file: name`. */
function findUnused() {
  const knip = path.join(ROOT, 'node_modules/.bin/knip');
  const { status, stdout, stderr } = spawnSync(knip, ['--reporter', 'json'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 && !stdout.startsWith('{')) throw new Error(`knip failed: ${stderr || stdout}`);
  return JSON.parse(stdout).issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      (Array.isArray(found) ? found : []).map(({ name }) => `${file}: ${name} (${kind})`),
    ),
  );
}

/** Packages that a user of winnow installs. */
function countDependencies() {
  const { packages } = readJson('package-lock.json');
  const installed = Object.entries(packages).filter(
    ([name, { dev, link }]) => name.includes('node_modules/') && !dev && !link,
  );
  return installed.length;
}

/** Nx's tags of a project. */
function tagsOf(project) {
  const [manifest, own] = ['package.json', 'project.json'].map((name) => readIfThere(`${project}/${name}`));
  return (own === null ? JSON.parse(manifest).nx?.tags : JSON.parse(own).tags) ?? [];
}

/** Of a project, from other packages than its own workspace. */
function directDependencies(project) {
  const manifest = readIfThere(`${project}/package.json`);
  const names = Object.keys(manifest === null ? {} : (JSON.parse(manifest).dependencies ?? {}));
  return names.filter((name) => !name.startsWith('@winnow/')).length;
}

function measure() {
  const projects = readProjects();
  const texts = new Map([...projects.values()].flatMap((files) => [...files]));
  const entries = [...projects.keys()].map((project) => [
    `@winnow/${path.basename(project)}`,
    `${project}/src/index.ts`,
  ]);
  const imports = readImports(new Map([...texts].filter(([file]) => !file.endsWith('.spec.ts'))));
  const circles = findCircles(imports, new Map(entries));
  const forbidden = findForbiddenImports(imports, new Map([...projects.keys()].map((name) => [name, tagsOf(name)])));
  const unused = findUnused();
  const within = (project) => (file) => file.startsWith(`${project}/`);
  const rows = [...projects].map(([project, files]) => ({
    project,
    ...sizesOf(files),
    circles: circles.filter(([first]) => within(project)(first)),
    unused: unused.filter(within(project)),
    dependencies: directDependencies(project),
  }));
  const all = { project: 'all', ...sizesOf(texts), circles, unused, forbidden, dependencies: countDependencies() };
  return { rows, all };
}

const count = (value) => (Array.isArray(value) ? value.length : value);

function table(rows) {
  const columns = [
    ['project', 'project'],
    ['lines', 'lines'],
    ['files', 'files'],
    ['median', 'median'],
    ['p90', 'p90'],
    [`< ${SMALL_FILE_LINES} lines`, 'smallFiles'],
    [`folders > ${MAX_FOLDER_FILES}`, 'largeFolders'],
    ['circles', 'circles'],
    ['unused', 'unused'],
    ['spec lines', 'specLines'],
    ['dependencies', 'dependencies'],
  ];
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, key]) => `${count(row[key])}`))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return cells.map((row) => row.map(pad).join('  ')).join('\n');
}

/** What is against the rules, in words. */
function problemsOf(all, limits) {
  const grown = LIMITED.filter((key) => count(all[key]) > limits[key]).map(
    (key) => `${key}: ${count(all[key])}, and at most ${limits[key]} are allowed (tools/house/limits.json)`,
  );
  const named = ['unused', 'forbidden'].flatMap((kind) => all[kind].map((what) => `${kind}: ${what}`));
  return [...named, ...grown];
}

const { rows, all } = measure();
process.stdout.write(`${table([...rows, all])}\n`);
const present = Object.fromEntries(LIMITED.map((key) => [key, count(all[key])]));
if (process.argv.includes('--tighten')) writeFileSync(LIMITS_FILE, `${JSON.stringify(present, null, 2)}\n`);
if (process.argv.includes('--check')) {
  const problems = problemsOf(all, readJson('tools/house/limits.json'));
  for (const files of all.circles) process.stdout.write(`circle: ${files.join(', ')}\n`);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
