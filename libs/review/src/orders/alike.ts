import { SeededRandom } from '@winnow/random';

/** Features of images of one given class, each of length one: [count, dim], row-major. */
export interface ClassFeatures {
  readonly values: Float32Array;
  readonly dim: number;
}

export interface AlikeRow {
  readonly row: number;
  /** Cosine. */
  readonly similarity: number;
}

/** So many images tell what is usual in a class. */
const DRAWN = 64;

/**
 * How near the images of a class lie to the one that is nearest to each: the median of the cosine. An image that is nearer than that is
 * alike. Of large classes by a seeded draw of 64.
 * @returns 1 of a class of less than two images
 */
export function usualSimilarity(features: ClassFeatures, seed: number | string): number {
  const count = features.values.length / features.dim;
  if (count < 2) return 1;
  const drawn = new SeededRandom(seed).fork('usual').permutation(count).subarray(0, DRAWN);
  const nearest = Array.from(drawn, (row) => {
    let most = -1;
    for (let other = 0; other < count; other += 1) {
      if (other !== row) most = Math.max(most, cosine(features, vectorOf(features, row), other));
    }
    return most;
  }).sort((a, b) => a - b);
  const middle = nearest.length >> 1;
  const upper = nearest[middle] as number;
  return nearest.length % 2 === 1 ? upper : ((nearest[middle - 1] as number) + upper) / 2;
}

export interface AlikeOptions {
  /** At least as near as this. */
  readonly above: number;
  readonly count: number;
  readonly isMeant: (row: number) => boolean;
}

/** The rows that are nearest to a vector of length one, nearest first, of equals the lower row. */
export function alikeRows(
  features: ClassFeatures,
  vector: Float32Array,
  { above, count, isMeant }: AlikeOptions,
): readonly AlikeRow[] {
  const found: AlikeRow[] = [];
  for (let row = 0; row < features.values.length / features.dim; row += 1) {
    if (!isMeant(row)) continue;
    const similarity = cosine(features, vector, row);
    if (similarity >= above) found.push({ row, similarity });
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, count);
}

function vectorOf({ values, dim }: ClassFeatures, row: number): Float32Array {
  return values.subarray(row * dim, (row + 1) * dim);
}

function cosine({ values, dim }: ClassFeatures, vector: Float32Array, row: number): number {
  const from = row * dim;
  let sum = 0;
  for (let at = 0; at < dim; at += 1) sum += (vector[at] as number) * (values[from + at] as number);
  return sum;
}
