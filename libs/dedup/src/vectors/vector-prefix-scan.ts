export const HEAD_DIMENSIONS = 32;
/** More than rounding, and lengths that are not quite one, add to a squared distance. */
const SLACK = 1e-3;

/** First coordinates of vectors whose distances never exceed the vectors' own (`fitHeads`), ascending by the first. */
export interface SortedHeads {
  /** [n, HEAD_DIMENSIONS] */
  readonly heads: Float32Array;
  /** Row of the vector of each head, [n]. */
  readonly rows: Uint32Array;
}

/** Squared distance that vectors of length one have at most when their cosine is at least `similarity`. */
export function reach(similarity: number): number {
  return 2 - 2 * similarity + SLACK;
}

/**
 * Calls `candidate` for every row that the heads do not tell apart from one of them; the hot loop of the search for
 * similar vectors: partial sums of squares tell nearly all apart after few coordinates.
 * @param from.start first place to look at; ends where the first coordinate alone is too far
 */
export function scanHeads(
  { heads, rows }: SortedHeads,
  from: { readonly head: Float32Array; readonly start: number; readonly similarity: number },
  candidate: (row: number) => void,
): void {
  const { head } = from;
  const limit = reach(from.similarity);
  const [h0, h1, h2, h3] = head as unknown as readonly [number, number, number, number];
  const firstLimit = h0 + Math.sqrt(limit);
  for (let at = from.start * HEAD_DIMENSIONS; at < heads.length; at += HEAD_DIMENSIONS) {
    const first = heads[at] as number;
    if (first > firstLimit) return;
    const d0 = h0 - first;
    const d1 = h1 - (heads[at + 1] as number);
    const d2 = h2 - (heads[at + 2] as number);
    const d3 = h3 - (heads[at + 3] as number);
    const left = limit - (d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3);
    if (left < 0 || isBeyond(head, heads, at, left)) continue;
    candidate(rows[at / HEAD_DIMENSIONS] as number);
  }
}

/** Whether the remaining coordinates are too far apart. */
function isBeyond(head: Float32Array, heads: Float32Array, at: number, limit: number): boolean {
  let left = limit;
  for (let dimension = 4; dimension < HEAD_DIMENSIONS; dimension += 1) {
    const difference = (head[dimension] as number) - (heads[at + dimension] as number);
    left -= difference * difference;
    if (left < 0) return true;
  }
  return false;
}
