import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { HammingIndex, hammingDistance } from '@winnow/dedup';
import { encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { countWrongNeighbours, countWrongIndices } from './check-clusters';
import { hashesItems } from './hashes-items';
import { perturbedHashes } from './perturbed-hashes';
import { runHashes } from './run-hashes';

const REAL = [
  '8b0e7153bf7c3706d85c524e440066559a6656c90bd5482a90a29b9fa5ff5180',
  'bc0dbc0e15637ebb8e3b91d26ab4a829a95249f512c17b8ed411fa644d35db41',
];

describe('perturbedHashes', () => {
  const { words, originals } = perturbedHashes(REAL, 5000, new SeededRandom(1));
  const items = hashesItems({ words, originals }, new SeededRandom(2));

  it('holds groups of copies whose originals are unrelated', () => {
    const groups = new Map<number, string[]>();
    items.forEach(({ pdq }, place) => {
      const original = originals[place] as number;
      groups.set(original, [...(groups.get(original) ?? []), pdq]);
    });
    const sizes = [...groups.values()].map(({ length }) => length).sort((a, b) => b - a);
    expect(sizes.slice(0, 3)).toEqual([10, 10, 10]);
    expect(5000 / sizes.length).toBeCloseTo(1.4, 1);
    const [first = '', ...others] = [...groups.values()].map(([hash]) => hash as string);
    expect(Math.min(...others.map((other) => hammingDistance(first, other)))).toBeGreaterThan(60);
  });

  it('is the same for the same seed', () => {
    expect(perturbedHashes(REAL, 5000, new SeededRandom(1)).words).toEqual(words);
    expect(perturbedHashes(REAL, 5000, new SeededRandom(3)).words).not.toEqual(words);
  });

  it('has checks that see what is wrong', () => {
    const sample = Array.from({ length: 300 }, (_, place) => place);
    const index = new HammingIndex(words);
    const near = (place: number): number[] =>
      index.search(words.subarray(place * 8, place * 8 + 8), 31).map((hit) => hit.index);
    expect(countWrongNeighbours(words, near, sample)).toBe(0);
    expect(countWrongNeighbours(words, (place) => (place === 7 ? [] : near(place)), sample)).toBe(1);
    const single = items.map(({ id, className }) => ({ keptId: id, className, conflicts: [], copies: [] }));
    expect(countWrongIndices({ items, words }, single, sample)).toBeGreaterThan(10);
  });
});

describe('runHashes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-hashes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const io: CommandIo = {
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
    log: () => undefined,
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  };
  const options = { count: 1500, workers: 2, sample: 100, mirrors: false };

  it('finds in clusters what comparing all finds', async () => {
    for (const frequency of [3, 5, 7]) {
      const data = Uint8Array.from({ length: 96 * 96 * 3 }, (_, at) => {
        const [x, y] = [Math.floor(at / 3) % 96, Math.floor(at / 288)];
        return 128 + 100 * Math.sin((x * x * frequency + y * 130) / 900) * Math.cos((y * frequency + x) / 17);
      });
      writeFileSync(path.join(folder, `${frequency}.jpg`), await encodeJpeg({ width: 96, height: 96, data }, 90));
    }
    writeFileSync(path.join(folder, 'notes.txt'), 'no image');
    const result = await runHashes({ ...options, images: folder }, io);
    expect(result.real).toBe(3);
    const [figures] = result.sizes;
    expect(figures).toMatchObject({ count: 1500, checked: 100, wrongNeighbours: 0, wrongIndices: 0 });
    expect(figures?.clustering.copies).toBeGreaterThan(200);
    const flipped = await runHashes({ ...options, images: folder, mirrors: true }, io);
    expect(flipped.sizes[0]?.clustering.copies).toBeGreaterThanOrEqual(figures?.clustering.copies ?? 0);
  });

  it('says where images are missing', async () => {
    const missing = runHashes({ ...options, images: path.join(folder, 'none') }, io);
    await expect(missing).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
