import { spawnSync } from 'node:child_process';
import path from 'node:path';

const WORKSPACE = path.resolve(__dirname, '../../..');
const bin = (name: string): string => path.join(WORKSPACE, 'node_modules/.bin', name);
const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NODE_OPTIONS: '' };

/** Messages of the boundaries rule for a file that would hold this code. */
function lint(file: string, code: string): string[] {
  const { stdout, stderr } = spawnSync(bin('eslint'), ['--format', 'json', '--stdin', '--stdin-filename', file], {
    cwd: WORKSPACE,
    input: code,
    encoding: 'utf8',
    env,
  });
  if (stdout === '') throw new Error(stderr);
  const [result] = JSON.parse(stdout) as { messages: { ruleId: string | null; message: string }[] }[];
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === '@nx/enforce-module-boundaries')
    .map(({ message }) => message);
}

describe('lint', () => {
  beforeAll(() => {
    // The rule reads the project graph that this caches.
    const { status } = spawnSync(bin('nx'), ['show', 'projects'], { cwd: WORKSPACE, env });
    expect(status).toBe(0);
  });

  it('refuses an owned package outside its owner', () => {
    expect(lint('libs/shards/src/index.ts', "import sharp from 'sharp';\nexport default sharp;\n")).toEqual([
      expect.stringContaining('is not allowed to import "sharp"'),
    ]);
    expect(lint('libs/losses/src/index.ts', "import * as tf from '@tensorflow/tfjs';\nexport { tf };\n")).toHaveLength(
      1,
    );
    expect(lint('libs/imaging/src/index.ts', "import sharp from 'sharp';\nexport default sharp;\n")).toEqual([]);
  });

  it('refuses imports upwards, across data and learning, between apps, and of testing', () => {
    expect(lint('libs/dedup/src/index.ts', "export { writeShard } from '@winnow/shards';\n")).toHaveLength(1);
    expect(lint('libs/shards/src/index.ts', "export { tf } from '@winnow/tensor';\n")).toHaveLength(1);
    expect(lint('apps/trainer/src/index.ts', "export { commands } from '@winnow/crawler';\n")).toHaveLength(1);
    expect(lint('apps/crawler/src/index.ts', "export { startDemoWeb } from '@winnow/testing';\n")).toHaveLength(1);
    expect(lint('libs/noise/src/index.ts', "export { WinnowError } from '@winnow/contracts';\n")).toEqual([]);
  });
});
