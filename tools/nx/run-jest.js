'use strict';
/** Starts jest and counts what it reports. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const JEST = path.join(ROOT, 'node_modules/jest/bin/jest.js');
const V8_OPTIONS = [
  // Young objects are most of what specs leave; with room for them they are collected a tenth cheaper.
  '--max-semi-space-size=64',
  // As apps/winnow/bin/winnow.js has it.
  '--wasm-tiering-budget=200000000',
];

/** @returns jest's report; undefined where it wrote none */
function runJest(args) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'winnow-jest-'));
  const outputFile = path.join(scratch, 'report.json');
  const workers = process.env.WINNOW_TEST_WORKERS ?? '2';
  try {
    spawnSync(
      process.execPath,
      [...V8_OPTIONS, JEST, '--json', `--outputFile=${outputFile}`, `--maxWorkers=${workers}`, ...args],
      // Its JSON goes to the file only. Programs that specs start would print colours, as Nx wants them.
      { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...process.env, FORCE_COLOR: undefined } },
    );
    return fs.existsSync(outputFile) ? JSON.parse(fs.readFileSync(outputFile, 'utf8')) : undefined;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} root folder of a project from the workspace's; the workspace's own for all
 * @returns counts of its specs. A file that could not be run is one failure, and so is that there are none
 */
function countTests(name, root, report) {
  const folder = `${path.join(ROOT, root)}${path.sep}`;
  const files = (report?.testResults ?? []).filter((file) => file.name.startsWith(folder));
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const broken = files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  const withStatus = (status) => tests.filter((test) => test.status === status);
  return {
    name,
    passed: withStatus('passed').length,
    failed: withStatus('failed').length + broken.length + (files.length === 0 ? 1 : 0),
    skipped: withStatus('pending').map(({ fullName }) => fullName),
  };
}

module.exports = { ROOT, countTests, runJest };
