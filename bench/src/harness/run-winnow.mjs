import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';

const MAX_OUTPUT = 2 ** 28;

/**
 * Runs a command line of the clone that prints JSON last; what it says meanwhile is shown.
 * @param {'winnow' | 'bench'} program
 * @param {readonly string[]} args without --json
 * @throws {Error} where it fails
 */
export function runJson(program, args, { cwd, env } = {}) {
  const file = path.join(ROOT, program === 'winnow' ? 'apps/winnow/bin/winnow.js' : 'bench/bin/bench.js');
  const { stdout, status, signal } = spawnSync(process.execPath, [file, ...args, '--json'], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: MAX_OUTPUT,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status ?? signal}: ${stdout}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
