import fc from 'fast-check';
import { similarVectors } from './similar-vectors';
import type { SimilarVectorOptions } from './similar-vectors';

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value, place) => (length === 0 ? Number(place === 0) : value / length));
}

const value = fc.integer({ min: -100, max: 100 });

/** Clusters of vectors around few centres: many pairs are close to any limit. */
const worlds = fc
  .record({
    dimensions: fc.constantFrom(1, 2, 7, 24, 40),
    centers: fc.array(fc.array(value, { minLength: 40, maxLength: 40 }), {
      minLength: 3,
      maxLength: 3,
    }),
    members: fc.array(
      fc.record({
        center: fc.nat({ max: 2 }),
        spread: fc.constantFrom(0, 0.1, 0.4),
        noise: fc.array(value, { minLength: 40, maxLength: 40 }),
      }),
      { maxLength: 40, size: 'max' },
    ),
  })
  .map(({ dimensions, centers, members }) =>
    members.map(({ center, spread, noise }) =>
      unit(noise.slice(0, dimensions).map((value, place) => (centers[center]?.[place] ?? 0) + spread * value)),
    ),
  );

async function found(list: readonly Float32Array[], options: SimilarVectorOptions): Promise<[number, number][][]> {
  const visit = await similarVectors(list, options);
  return list.map((_, row) => {
    const others: [number, number][] = [];
    visit(row, (other, distance) => others.push([other, distance]));
    return others;
  });
}

function bruteForce(list: readonly Float32Array[], similarity: number): [number, number][][] {
  return list.map((vector, row) =>
    list.flatMap((other, index): [number, number][] => {
      const cosine = vector.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0);
      return index !== row && cosine >= similarity ? [[index, -cosine]] : [];
    }),
  );
}

describe('similarVectors', () => {
  const similarity = fc.constantFrom(0, 0.5, 0.9, 0.99, 1);

  it('finds what comparing all finds, listed or searched', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, similarity, async (list, limit) => {
        const expected = bruteForce(list, limit);
        expect(await found(list, { similarity: limit })).toEqual(expected);
        expect(await found(list, { similarity: limit, pairLimit: -1 })).toEqual(expected);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('gives the same for any number of threads', async () => {
    const list = Array.from({ length: 300 }, (_, row) =>
      unit(Array.from({ length: 20 }, (__, at) => Math.sin(row * (at + 1) * 0.37) + (row % 9 === at ? 3 : 0))),
    );
    const alone = await found(list, { similarity: 0.8 });
    expect(alone).toEqual(bruteForce(list, 0.8));
    expect(alone.flat().length).toBeGreaterThan(200);
    expect(await found(list, { similarity: 0.8, workers: 2 })).toEqual(alone);
  });
});
