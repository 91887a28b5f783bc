import { spawnSync } from 'node:child_process';
import path from 'node:path';

const WORKSPACE = path.resolve(__dirname, '../../..');
const bin = (name: string): string => path.join(WORKSPACE, 'node_modules/.bin', name);
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NODE_OPTIONS: '' };

/** Reads files as JSON and lints them by the rules of this workspace. */
const LINT = `
  import { text } from 'node:stream/consumers';
  import { ESLint } from 'eslint';
  const eslint = new ESLint();
  const lint = ([filePath, code]) => eslint.lintText(code, { filePath });
  const results = [];
  for (const file of JSON.parse(await text(process.stdin))) results.push(...(await lint(file)));
  process.stdout.write(JSON.stringify(results));`;

/** Messages of the boundaries rule for each file that would hold its code. In one process: eslint takes seconds to start. */
function lint(files: readonly (readonly [file: string, code: string])[]): string[][] {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', LINT], {
    cwd: WORKSPACE,
    input: JSON.stringify(files),
    encoding: 'utf8',
    env,
  });
  if (stdout === '') throw new Error(stderr);
  const results = JSON.parse(stdout) as { messages: { ruleId: string | null; message: string }[] }[];
  expect(results).toHaveLength(files.length);
  return results.map(({ messages }) =>
    messages.filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries').map(({ message }) => message),
  );
}

describe('lint', () => {
  beforeAll(() => {
    // The rule reads the project graph that this caches.
    const { status } = spawnSync(bin('nx'), ['show', 'projects'], { cwd: WORKSPACE, env });
    expect(status).toBe(0);
  });

  it('refuses an owned package outside its owner', () => {
    const sharp = "import sharp from 'sharp';\nexport default sharp;\n";
    const found = lint([
      ['libs/shards/src/index.ts', sharp],
      ['libs/losses/src/index.ts', "import * as tf from '@tensorflow/tfjs';\nexport { tf };\n"],
      ['libs/imaging/src/index.ts', sharp],
    ]);
    expect(found[0]).toEqual([expect.stringContaining('is not allowed to import "sharp"')]);
    expect(found.map(({ length }) => length)).toEqual([1, 1, 0]);
  });

  it('refuses imports upwards, across data and learning, between apps, and of testing', () => {
    const found = lint([
      ['libs/dedup/src/index.ts', "export { writeShard } from '@winnow/shards';\n"],
      ['libs/shards/src/index.ts', "export { tf } from '@winnow/tensor';\n"],
      ['apps/trainer/src/index.ts', "export { commands } from '@winnow/crawler';\n"],
      ['apps/crawler/src/index.ts', "export { startDemoWeb } from '@winnow/testing';\n"],
      ['libs/noise/src/index.ts', "export { WinnowError } from '@winnow/contracts';\n"],
    ]);
    expect(found.map(({ length }) => length)).toEqual([1, 1, 1, 1, 0]);
  });
});
