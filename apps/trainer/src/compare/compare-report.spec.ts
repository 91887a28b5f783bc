import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ComparedMethod } from './compare-methods';
import { writeComparison } from './compare-report';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-comparison-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = {
  ...{ seed: 1, folder: 'f', identity: 'i', reused: false, metrics: [] },
  summary: {
    ...{ method: 'kd', model: 'resnet8', seed: 1, epochs: 4, accuracy: 0.5, agreement: 0.5, teacherAccuracy: null },
    ...{
      perClassAccuracy: null,
      parameters: 1,
      imagesSeen: 1,
      seconds: 1,
      peakMemoryBytes: 1,
      engine: 'wasm',
      notes: [],
    },
  },
} as const;
const failures = [{ seed: 2, reason: 'no\n space | left' }];
const done: readonly ComparedMethod[] = [{ method: 'kd', split: { id: 's', method: 'winnow' }, runs: [run], failures }];
const failed: readonly ComparedMethod[] = [{ method: 'kd', split: null, runs: [], failures }];
const testSet = (pixel: number) => ({ pixels: new Uint8Array(3).fill(pixel), labels: Int32Array.from([0]) });

/** Writes a comparison of a project with these changes. */
const write = (
  compared: readonly ComparedMethod[],
  changes: { readonly digest?: string; readonly classes?: readonly string[]; readonly test?: object } = {},
) => {
  const classes = (changes.classes ?? ['owl', 'wren']).map((name) => ({ name }));
  const config = { name: 'p_1', paths: { runs: folder }, train: {}, student: { model: 'resnet8' }, split: {}, classes };
  const about = { build: { digest: 'b' }, teacher: { digest: 't' }, engine: { name: 'wasm' } };
  return writeComparison({ config } as never, {
    comparison: { methods: ['kd'], seeds: [1, 2] },
    inputs: { ...about, start: null, test: changes.test ?? null } as never,
    corrections: { digest: changes.digest ?? null },
    compared,
  });
};

describe('writeComparison', () => {
  it('leaves an earlier table where no run came to an end', async () => {
    const { files } = await write(done);
    const markdown = readFileSync(files?.markdown as string, 'utf8');
    const names = readdirSync(folder);
    const { files: none, text } = await write(failed);
    expect(none).toBeNull();
    expect(text.at(-1)).toBe('kd, seed 2: no space | left');
    expect([readdirSync(folder), readFileSync(files?.markdown as string, 'utf8')]).toEqual([names, markdown]);
    expect(markdown).toContain('# p\\_1: methods compared');
    expect(markdown).toContain('- kd, seed 2: no space \\| left');
  });

  it('makes another table of other corrections, classes or test images', async () => {
    const variants = [
      {},
      { digest: 'c' },
      { classes: ['owl', 'hawk'] },
      { test: testSet(1) },
      { test: testSet(2) },
      { test: testSet(2) },
    ];
    const names = [];
    for (const variant of variants) names.push((await write(done, variant)).files?.json);
    expect(new Set(names).size).toBe(variants.length - 1);
  });
});
