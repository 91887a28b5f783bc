import { largestRows } from './doubt';

/** The nearest images with the same given label, nearest first: [count, k], row-major; -1 where there are fewer. */
export interface LabelNeighbours {
  readonly k: number;
  readonly indices: Int32Array;
}

/** Worth is looked for among so many most doubtful images. */
const MAX_CANDIDATES = 20_000;
/** So many in a row are to be no neighbours of each other: what one teaches the others need not. */
const APART = 50;

interface WorthPool {
  readonly doubt: Float64Array;
  readonly neighbours: LabelNeighbours;
  readonly isDecided: (row: number) => boolean;
}

/**
 * Doubt by how many an answer may help: doubt x (1 + log2(1 + undecided among the nearest with the same given label)),
 * largest first, and no two neighbours among fifty, as long as others are left.
 */
export function byWorth({ doubt, neighbours, isDecided }: WorthPool, count: number): number[] {
  const candidates = largestRows(doubt, Math.max(MAX_CANDIDATES, count), (row) => !isDecided(row));
  const worth = new Float64Array(doubt.length);
  for (const row of candidates) {
    const undecided = neighboursOf(neighbours, row).filter((other) => !isDecided(other)).length;
    worth[row] = (doubt[row] as number) * (1 + Math.log2(1 + undecided));
  }
  candidates.sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b);
  return thinned(candidates, neighbours, count);
}

/** In runs of fifty: what is a neighbour of one that is taken waits for the next run. */
function thinned(candidates: readonly number[], neighbours: LabelNeighbours, count: number): number[] {
  const taken: number[] = [];
  let left = candidates;
  while (taken.length < count && left.length > 0) {
    const size = Math.min(APART, count - taken.length);
    const run: number[] = [];
    const waiting: number[] = [];
    const near = new Set<number>();
    for (const row of left) {
      const others = run.length < size ? neighboursOf(neighbours, row) : [];
      if (run.length >= size || near.has(row) || others.some((other) => run.includes(other))) {
        waiting.push(row);
        continue;
      }
      run.push(row);
      for (const other of others) near.add(other);
    }
    taken.push(...run);
    left = waiting;
  }
  return taken;
}

function neighboursOf({ k, indices }: LabelNeighbours, row: number): number[] {
  const found: number[] = [];
  for (let at = row * k; at < (row + 1) * k; at += 1) {
    const other = indices[at] as number;
    if (other >= 0) found.push(other);
  }
  return found;
}
