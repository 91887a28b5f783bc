import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import { ColumnsBuilder } from '../image-columns';
import type { ColumnImage, ColumnVerdict, ImageColumns } from '../image-columns';

export const CLASSES = ['cat', 'dog, brown', 'fox'];

/** An image as a naive filter sees it. */
export interface DrawnImage extends ColumnImage {
  readonly verdict: ColumnVerdict | null;
}

const listOf = (values: readonly string[]) => fc.subarray([...values]);
const share = fc.integer({ min: 0, max: 100 }).map((value) => Math.fround(value / 100));

const imageArbitrary: fc.Arbitrary<Omit<DrawnImage, 'sha256' | 'offset'>> = fc.record({
  label: fc.nat(2),
  width: fc.integer({ min: 1, max: 90_000 }),
  height: fc.integer({ min: 1, max: 500 }),
  copies: fc.integer({ min: 1, max: 5 }),
  flags: fc.subarray([...IMAGE_FLAGS]),
  licenses: listOf(['by', 'cc0', 'unknown']),
  engines: listOf(['openverse', 'bing']),
  hosts: listOf(['a.test', 'www.a.test', 'b.test', 'ba.test']),
  shard: fc.constantFrom('train-000000.tar', 'train-000001.tar'),
  length: fc.nat(1000),
  encoding: fc.constantFrom('jpeg' as const, 'png' as const, 'imported' as const),
  verdict: fc.option(
    fc.record({
      kind: fc.constantFrom(...NOISE_KINDS),
      cleanProbability: share,
      closedProbability: share,
      openProbability: share,
      refinedLabel: fc.nat(2),
    }),
    { freq: 5 },
  ),
});

const manyImages = (minLength: number): fc.Arbitrary<readonly DrawnImage[]> =>
  fc.array(imageArbitrary, { minLength, maxLength: 40, size: 'max' }).map((images) =>
    images.map((image, index) => ({
      ...image,
      sha256: createHash('sha256').update(String(index)).digest('hex'),
      offset: index * 2 ** 33,
    })),
  );

/** Images, all different. */
export const imagesArbitrary = manyImages(0);

/** So many images at least, up to 40. */
export function sampleImages(seed: number, minLength = 10): readonly DrawnImage[] {
  return fc.sample(manyImages(minLength), { seed, numRuns: 1 })[0] ?? [];
}

export function columnsOf(images: readonly DrawnImage[]): ImageColumns {
  const builder = new ColumnsBuilder(images.length, CLASSES);
  for (const image of images) builder.add(image);
  images.forEach(({ verdict }, index) => {
    if (verdict !== null) builder.setVerdict(index, verdict);
  });
  return builder.finish();
}

export function doubtOfImage({ verdict }: DrawnImage): number {
  if (verdict === null) return Number.NaN;
  return 1 - Math.max(verdict.cleanProbability, verdict.closedProbability, verdict.openProbability);
}
