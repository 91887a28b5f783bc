import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SplitResult } from '@winnow/noise';
import { countConflicts, measureSplit } from './summarise-split';

const split: SplitResult = {
  kinds: Uint8Array.from([0, 1, 2, 0]),
  probabilities: new Float32Array(12),
  refinedLabels: new Int32Array(4),
  score: new Float32Array(4),
};

const pool = (otherLabels: readonly (readonly number[])[]) => ({ otherLabels });

describe('countConflicts', () => {
  it('counts the kinds of the images that were found under several classes', () => {
    expect(countConflicts(pool([[1], [], [2, 3], [0]]), split)).toEqual({ clean: 2, closed: 0, open: 1 });
  });

  it('is null where there are none', () => {
    expect(countConflicts(pool([[], [], [], []]), split)).toBeNull();
  });
});

describe('measureSplit', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'winnow-truth-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('measures what the truth names, and says so and nothing else where it names none', async () => {
    const lines: string[] = [];
    const project = {
      config: { evaluate: { truth: 'truth.csv' }, paths: { root: folder } },
      io: { log: (line: string) => lines.push(line) },
    };
    const images = { classes: ['a', 'b'], labels: Int32Array.from([0, 1, 0, 1]) };
    const provenance = [1, 2, 3, 4].map((number) => [{ imageUrl: `https://host.test/${number}.jpg` }]);
    const measured = async (host: string) => {
      writeFileSync(path.join(folder, 'truth.csv'), `imageUrl,source,true\nhttps://${host}/1.jpg,one,a\n`);
      const [given, pool, found] = [project, { images, provenance }, { record: { method: 'winnow' }, split }].map(
        (value) => value as never,
      );
      return measureSplit(given as never, pool as never, found as never);
    };
    expect(await measured('host.test')).toMatchObject({ macroF1: 1 });
    expect(lines).toEqual([]);
    expect(await measured('other.test')).toBeNull();
    expect(lines).toEqual([expect.stringContaining('truth.csv (evaluate.truth) names none of the images')]);
  });
});
