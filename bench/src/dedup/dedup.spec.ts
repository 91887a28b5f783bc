import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alignableImage, alignedFit, encodeJpeg, fitsAsCopy } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { countClusters, countNegatives } from './count-pairs';
import { imagededupCompetitors } from './dedup-competitor';
import { cut, EDITS } from './edits';
import { findDuplicates } from './find-duplicates';
import { drawOriginals, readPool, writeImageSet } from './image-set';
import type { SetFile } from './image-set';
import { smoothestQuarter } from './smoothest-quarter';
import { sweepDistances } from './sweep-distances';

/** An image whose three bands are alike, from rows of values. */
function greyImage(rows: readonly (readonly number[])[]): RgbImage {
  const data = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { width: (rows[0] as number[]).length, height: rows.length, data };
}

/** The first band, row by row. */
function rowsOf({ width, height, data }: RgbImage): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => data[(y * width + x) * 3] as number),
  );
}

/** Soft blobs on a gradient, unlike those of another seed. */
function blobs(seed: number, width = 96, height = 72): RgbImage {
  const random = new SeededRandom(seed);
  const spots = Array.from({ length: 14 }, () => [random.next() * width, random.next() * height, 4 + random.next() * 10, random.next()]); // prettier-ignore
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      spots.reduce(
        (value, [left = 0, top = 0, size = 1, light = 0]) =>
          value + (light * 255 - value) * Math.exp(-((x - left) ** 2 + (y - top) ** 2) / (2 * size * size)),
        100,
      ),
    ),
  );
  return greyImage(rows);
}

function editNamed(name: string) {
  const edit = EDITS.find((one) => one.name === name);
  if (edit === undefined) throw new Error(`no edit ${name}`);
  return (image: RgbImage) => edit.apply(image, new SeededRandom(5));
}

describe('edits', () => {
  const STEPS = greyImage([
    [10, 20, 30, 40],
    [50, 60, 70, 80],
  ]);
  const edited = async (name: string, image = STEPS) => rowsOf((await editNamed(name)(image)) as RgbImage);

  it('move pixels and change light as they say', async () => {
    expect(await edited('mirror')).toEqual([
      [40, 30, 20, 10],
      [80, 70, 60, 50],
    ]);
    expect(rowsOf(await cut(STEPS, { left: 1, top: 1, width: 2, height: 1 }))).toEqual([[60, 70]]);
    expect((await edited('brighter'))[0]).toEqual([13, 26, 39, 52]);
    expect((await edited('darker'))[0]).toEqual([7, 14, 21, 28]);
    const curve = (exponent: number) => [50, 60, 70, 80].map((value) => 255 * (value / 255) ** exponent);
    for (const [name, exponent] of [
      ['gamma 0.67', 2 / 3],
      ['gamma 1.5', 1.5],
    ] as const) {
      // prettier-ignore
      const [, row = []] = await edited(name);
      row.forEach((value, x) => expect(Math.abs(value - (curve(exponent)[x] as number))).toBeLessThanOrEqual(1));
    }
  });

  it('keep three bands, black where nothing was, and blend what covers', async () => {
    const white = greyImage(Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => 200)));
    const turned = await edited('rotate 5', white);
    expect([turned[0]?.[0], turned[20]?.[20]]).toEqual([0, 200]);
    const red = { width: 1, height: 1, data: Uint8Array.of(200, 0, 0) };
    const [r, g, b] = (await editNamed('grey')(red))?.data ?? [];
    expect([g, b]).toEqual([r, r]);
    const framed = await edited('border 5%', white);
    expect([framed[0]?.[0], framed[2]?.[2]]).toEqual([0, 200]);
    // A period is 10 pixels: stripes of 5 with 15 % of white; the name has 40 % more.
    const marked = await edited('watermark', white);
    expect([marked[0]?.[0], marked[0]?.[5]]).toEqual([208, 200]);
    expect(marked[20]?.[20]).toBeGreaterThan(220);
  });

  it('have the sizes that their names promise, and none pads what is square', async () => {
    const image = blobs(1, 100, 60);
    const sizeOf = async (name: string, of = image) => {
      const result = await editNamed(name)(of);
      return result && [result.width, result.height];
    };
    expect(await sizeOf('resize 25%')).toEqual([25, 15]);
    expect(await sizeOf('crop 20%')).toEqual([80, 48]);
    expect(await sizeOf('rotate 3')).toEqual([100, 60]);
    expect(await sizeOf('border 5%')).toEqual([110, 66]);
    expect(await sizeOf('caption')).toEqual([100, 69]);
    expect(await sizeOf('letterbox 20%')).toEqual([100, 72]);
    expect(await sizeOf('pad to square')).toEqual([100, 100]);
    expect(await sizeOf('pad to square', blobs(1, 60, 60))).toBeNull();
    expect(new Set(EDITS.map(({ name }) => name)).size).toBe(EDITS.length);
  });

  it('take the smoothest quarter as the plain image', async () => {
    const image = greyImage(
      Array.from({ length: 4 }, (_, y) => Array.from({ length: 4 }, (__, x) => (x < 2 && y < 2 ? 9 : 40 * x + 9 * y))),
    );
    expect(rowsOf(await smoothestQuarter(image))).toEqual([
      [9, 9],
      [9, 9],
    ]);
  });
});

describe('counting', () => {
  const file = (original: number, edit: string | null, more: Partial<SetFile> = {}): SetFile => ({
    name: `${original}-${edit}`,
    original,
    edit,
    isPlain: false,
    className: 'a',
    ...more,
  });
  // Two images with two edits each, and a plain one.
  const files = [
    file(0, null),
    file(0, 'grey'),
    file(0, 'crop'),
    file(1, null, { className: 'b' }),
    file(1, 'grey', { className: 'b' }),
    file(1, 'crop', { className: 'b' }),
    file(2, null, { isPlain: true }),
  ];

  it('tells pairs of one image from those of two, by hand', () => {
    // 21 pairs in all, three of each of the first two images.
    expect(countNegatives(files)).toBe(15);
    const counts = countClusters(files, [[0, 1], [2, 5], [3, 4, 6]]); // prettier-ignore
    expect(counts).toEqual({
      recall: { grey: 1, crop: 0 },
      overallRecall: 0.5,
      falsePairs: 3,
      falsePerMillion: (3 / 15) * 1e6,
      falseOf: { plain: 2, sameEdit: 2, sameClass: 0 },
      joinedOriginals: [
        [0, 1],
        [1, 2],
      ],
    });
  });

  it('counts two edits of one image without their original for nothing', () => {
    expect(countClusters(files, [[1, 2]])).toMatchObject({ overallRecall: 0, falsePairs: 0 });
  });

  it('sweeps thresholds over distances that were counted by hand', () => {
    const hashes = ['0000000000000000', '0000000000000001', '00000000000000ff', 'ffffffffffffffff', 'fffffffffffffffe', 'ffff00000000ffff', '8000000000000003']; // prettier-ignore
    const counts = sweepDistances(files, hashes, 8);
    // 0-1 and 3-4 differ in one bit; 1-6 in two, 0-6 in three, 2-6 in seven, 1-2 in seven, 0-2 in eight.
    expect(counts.map(({ falsePairs }) => falsePairs)).toEqual([0, 0, 1, 2, 2, 2, 2, 3, 3]);
    expect(counts[1]?.recall).toEqual({ grey: 1, crop: 0 });
    expect(counts[8]?.recall).toEqual({ grey: 1, crop: 0.5 });
  });

  it('compares at the thresholds around our rate', () => {
    const hashes = ['0000000000000000', '0000000000000001', '00000000000000ff', 'ffffffffffffffff', 'fffffffffffffffe', 'ffff00000000ffff', '8000000000000003']; // prettier-ignore
    const run = {
      hashes: Object.fromEntries(files.map(({ name }, index) => [name, hashes[index] as string])),
      hashSeconds: 2,
      searches: [{ threshold: 0, seconds: 1, pairs: 0 }],
      peakBytes: 5,
    };
    const found = imagededupCompetitors('phash', files, { runs: [run], ourRates: [(2 / 15) * 1e6] });
    expect(found.map(({ thresholdBits, searchSeconds }) => [thresholdBits, searchSeconds])).toEqual([
      [0, 1],
      [6, null],
      [7, null],
      [10, null],
    ]);
  });
});

describe('a set of images', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-dedup-spec-'));
    for (let index = 0; index < 10; index += 1) {
      const place = path.join(folder, 'pool', index % 2 === 0 ? 'even' : 'odd');
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, `${index}.jpg`), await encodeJpeg(blobs(index), 95));
    }
    writeFileSync(path.join(folder, 'pool/notes.txt'), 'not an image');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('draws two sets without a common image, the same for one seed', async () => {
    const pool = await readPool([path.join(folder, 'pool')]);
    expect(pool).toHaveLength(10);
    const names = ({ images, plain }: ReturnType<typeof drawOriginals>) =>
      [...images, ...plain].map(({ name }) => name);
    const drawn = names(drawOriginals(pool, { originals: 4, seed: 1 }));
    expect(new Set(drawn).size).toBe(5);
    expect(names(drawOriginals(pool, { originals: 4, seed: 1 }))).toEqual(drawn);
    expect(names(drawOriginals(pool, { originals: 4, seed: 2 }))).not.toEqual(drawn);
    expect(() => drawOriginals(pool, { originals: 12, seed: 1 })).toThrow('14 are needed');
  });

  it('writes files that decode, and our stages find what keeps its look', async () => {
    const pool = await readPool([path.join(folder, 'pool')]);
    const measured = drawOriginals(pool, { originals: 2, seed: 1 });
    const out = path.join(folder, 'set');
    mkdirSync(out);
    const set = await writeImageSet(measured, out, { edits: EDITS, onImage: async () => undefined });
    expect(readdirSync(out).sort()).toEqual(set.files.map(({ name }) => name).sort());
    expect(set.files).toHaveLength(2 * (EDITS.length + 1) + 1);
    const job = { set, network: null, similarity: null, engine: 'cpu', cacheDir: folder } as const;
    const { clusters, hashes } = await findDuplicates(job);
    expect(clusters.flat().sort((a, b) => a - b)).toEqual([...set.files.keys()]);
    expect(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    const counts = countClusters(set.files, clusters);
    expect(counts.recall).toMatchObject({ PNG: 1, 'JPEG q90': 1, grey: 1 });
    expect(counts.falsePairs).toBe(0);
  });
});

describe('alignedFit', () => {
  const original = blobs(3);
  const isCopy = (a: RgbImage, b: RgbImage) => fitsAsCopy(alignedFit(alignableImage(a), alignableImage(b)));

  it.each(['crop 10%', 'crop 20%', 'rotate 5', 'mirror', 'border 5%', 'caption', 'letterbox 20%', 'pad to square'])(
    'sees the image again in %s',
    async (name) => expect(isCopy(original, (await editNamed(name)(original)) as RgbImage)).toBe(true),
  );

  it('does not see it in another', () => expect(isCopy(original, blobs(4))).toBe(false));
});
