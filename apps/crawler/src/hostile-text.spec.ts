import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { HOSTILE_CASES } from './spec-support/hostile-parsers';

const ROOT = path.join(__dirname, '../../..');

describe('a hostile megabyte holds the event loop for no more than a second in', () => {
  let complaints: Readonly<Record<string, readonly string[]>>;

  beforeAll(async () => {
    // A process of its own: jest rewrites ES modules, and some of the parsers are several times slower then.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['-r', './apps/winnow/bin/register-typescript.js', path.join(__dirname, 'spec-support/measure-stalls.ts')],
      { cwd: ROOT, maxBuffer: 10_000_000 },
    );
    complaints = JSON.parse(stdout) as typeof complaints;
  }, 300_000);

  it.each(Object.keys(HOSTILE_CASES))('%s', (name) => expect(complaints[name]).toEqual([]));
});
