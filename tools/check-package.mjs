#!/usr/bin/env node
/**
 * Packs winnow, installs the tarball into an empty folder as a user does, and runs what a user runs first. Needs npm's
 * registry, or its packages in npm's cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';
import { PACKAGE_NAME } from './pack/package-manifest.mjs';
import { packWinnow } from './pack.mjs';
import { PAGE_FOLDER } from './page/page-digest.mjs';

const MAX_BYTES = 6_000_000;
/** Without a network npm would go on trying for minutes. */
const RETRY_WINDOW = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
const INSTALL = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
/** What `npm test` tells the programs that it starts about this checkout is not meant for another folder. */
const OF_THIS_CHECKOUT =
  /^(npm_(package|lifecycle|config_local_prefix|command)|INIT_CWD$|WINNOW_(?!CACHE$)|DATABASE_URL$)/;
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THIS_CHECKOUT.test(name)));

ensureDependencies();
// Loaded late: before, its packages may not be installed.
const { buildPage } = await import('./build-page.mjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-package-'));
try {
  const tarball = packWinnow(path.join(scratch, 'first'));
  const bytes = readFileSync(tarball);
  ensure(bytes.equals(readFileSync(packWinnow(path.join(scratch, 'second')))), 'packing twice gives other bytes');
  const page = path.join(scratch, 'page');
  await buildPage(page);
  const isSame = readFileSync(path.join(page, 'files.json')).equals(
    readFileSync(path.join(ROOT, PAGE_FOLDER, 'files.json')),
  );
  ensure(isSame, 'building the page twice gives other bytes');
  ensure(bytes.length <= MAX_BYTES, `the package has ${bytes.length} bytes, more than ${MAX_BYTES}`);
  const user = path.join(scratch, 'user');
  install(user, tarball);
  const before = listFiles(installed(user));
  const strange = before.filter((line) => /\.(spec|tsbuildinfo)\b|\.ts\b/.test(line));
  ensure(strange.length === 0, `the package holds ${strange.slice(0, 3).join(', ')}`);
  checkThreads(installed(user));
  tryCommands(user);
  const after = listFiles(installed(user));
  ensure(before.join('\n') === after.join('\n'), 'winnow wrote into its own folder, which may be read-only');
  process.stderr.write(`${path.basename(tarball)}: ${(bytes.length / 1e6).toFixed(1)} MB, installs and runs\n`);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function installed(user) {
  return path.join(user, 'node_modules', PACKAGE_NAME);
}

/** The start of a thread must lead to its code, and not to itself. */
function checkThreads(folder) {
  const hook = path.join(folder, 'apps/winnow/bin/register-typescript.js');
  const starts = readdirSync(folder, { recursive: true })
    .filter((name) => /-thread\.js$/.test(name))
    .map((name) => path.join(folder, name));
  for (const start of starts) {
    const [, request] = /require\('(\.\/[^']+\.ts)'\)/.exec(readFileSync(start, 'utf8')) ?? [];
    if (request === undefined) continue;
    const script = `process.stdout.write(require('node:module').createRequire(${JSON.stringify(start)}).resolve('${request}'))`;
    const { stdout } = spawnSync(process.execPath, ['-r', hook, '-e', script], { encoding: 'utf8' });
    ensure(stdout !== '' && stdout !== start, `the thread of ${start} has no code`);
  }
}

/** Everything that a new user does before the first crawl, and one line of every app. */
function tryCommands(user) {
  writeFileSync(path.join(user, 'classes.txt'), 'robin\nblue tit\n');
  ensure(/Usage: winnow/.test(winnow(user, '--help')), 'winnow --help shows no usage');
  const { engines, engine } = JSON.parse(winnow(user, 'doctor', '--json'));
  ensure(engine !== undefined && engines !== null, 'winnow doctor names no engine');
  winnow(user, 'init', 'classes.txt');
  ensure(/blue tit/.test(winnow(user, 'config', 'classes.yaml')), 'winnow config does not show the classes');
  for (const command of ['crawl', 'build', 'report']) winnow(user, command, '--help');
  const demo = path.join(installed(user), 'examples/demo');
  const image = path.join(demo, 'pictures/coat.png');
  const args = ['predict', path.join(demo, 'teacher/teacher.safetensors'), image, '--engine', 'wasm', '--json'];
  ensure(JSON.parse(winnow(user, ...args)).results[0].predictions.length === 3, 'winnow predict names no classes');
}

/** @returns what it printed on stdout. @throws Error where it fails */
function winnow(user, ...args) {
  const { status, stdout, stderr, error } = spawnSync('npx', ['--no', '--', 'winnow', ...args], {
    cwd: user,
    env,
    encoding: 'utf8',
  });
  ensure(status === 0, `\`npx winnow ${args.join(' ')}\` ended with ${status}: ${error?.message ?? stderr}`);
  return stdout;
}

function install(user, tarball) {
  const { status, error } = spawnSync('npm', [...INSTALL, ...RETRY_WINDOW, '--prefix', user, tarball], {
    env,
    stdio: ['ignore', 2, 2],
  });
  const reason = error?.message ?? `npm ended with ${status}`;
  ensure(
    status === 0,
    `the package could not be installed (${reason}): this needs npm's registry or its packages in npm's cache`,
  );
}

/** Every file with size and time of change. */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .sort();
}

function ensure(condition, message) {
  if (!condition) throw new Error(message);
}
