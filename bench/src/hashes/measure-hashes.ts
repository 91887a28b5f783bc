import { clusterDuplicates, distinctHashes, HammingIndex, nearPairs } from '@winnow/dedup';
import type { RowLists } from '@winnow/dedup';
import type { SeededRandom } from '@winnow/random';
import { peakBytes, timed } from '../harness/figures';
import type { Cost } from '../harness/figures';
import { countWrongNeighbours, countWrongIndices } from './check-clusters';
import { hashesItems } from './hashes-items';
import type { PerturbedHashes } from './perturbed-hashes';

interface LookupTimes {
  readonly p50Millis: number;
  readonly p95Millis: number;
}

export interface HashesFigures {
  readonly count: number;
  readonly distinct: number;
  /** Packing into an index and sorting its slots. */
  readonly build: Cost;
  /** Single look-ups in the index, by radius. */
  readonly lookups: Readonly<Record<string, LookupTimes>>;
  /** All pairs of distinct hashes at most 31 bits apart. */
  readonly pairs: Cost & { readonly count: number };
  /** From a list of images to clusters: its own search for pairs, with mirrors also for flipped ones, included. */
  readonly clustering: Cost & { readonly clusters: number; readonly copies: number };
  /** Hashes compared with all others, and of how many something else was found. */
  readonly checked: number;
  readonly wrongNeighbours: number;
  readonly wrongIndices: number;
  /** Most memory that the process held so far. */
  readonly peakBytes: number;
}

const RADIUS_BITS = 31;
const FLIP_RADIUS_BITS = 47;
const LOOKUPS = 1000;

export async function measureHashes(
  hashes: PerturbedHashes,
  { workers, sample, mirrors }: { readonly workers: number; readonly sample: number; readonly mirrors: boolean },
  random: SeededRandom,
): Promise<HashesFigures> {
  const { words } = hashes;
  const count = hashes.originals.length;
  const built = await timed(() => {
    const index = new HammingIndex(words, { linearBelow: 0 });
    index.search(words.subarray(0, 8), RADIUS_BITS);
    return index;
  });
  const lookups = Object.fromEntries(
    [15, RADIUS_BITS, FLIP_RADIUS_BITS].map((radiusBits) => [
      `${radiusBits} bits`,
      timeLookups(built.result, words, { radiusBits, random }),
    ]),
  );
  const distinct = distinctHashes(words);
  const paired = await timed(() => nearPairs(distinct.words, { radiusBits: RADIUS_BITS, workers }));
  const items = hashesItems(hashes, random);
  const clustered = await timed(() => clusterDuplicates(items, { workers, mirrors }));
  const maxBytes = peakBytes();
  const some = [...random.permutation(count).subarray(0, sample)];
  const canCheck = !mirrors;
  return {
    count,
    distinct: distinct.words.length / 8,
    build: built.cost,
    lookups,
    pairs: { ...paired.cost, count: (paired.result?.members.length ?? 0) / 2 },
    clustering: {
      ...clustered.cost,
      clusters: clustered.result.length,
      copies: count - clustered.result.length,
    },
    checked: canCheck ? some.length : 0,
    wrongNeighbours: canCheck ? countWrongNeighbours(words, neighbours(distinct.rowOf, paired.result), some) : 0,
    wrongIndices: canCheck ? countWrongIndices({ items, words }, clustered.result, some) : 0,
    peakBytes: maxBytes,
  };
}

/** From rows of distinct hashes to places in the list. */
function neighbours(rowOf: Uint32Array, lists: RowLists | null): (place: number) => number[] {
  const locationsOf = new Map<number, number[]>();
  rowOf.forEach((row, place) => void (locationsOf.get(row)?.push(place) ?? locationsOf.set(row, [place])));
  return (place) => {
    const row = rowOf[place] as number;
    const rows = [row, ...(lists?.members.subarray(lists.starts[row], lists.starts[row + 1]) ?? [])];
    return rows.flatMap((one) => locationsOf.get(one) ?? []).sort((a, b) => a - b);
  };
}

function timeLookups(
  index: HammingIndex,
  words: Uint32Array,
  { radiusBits, random }: { readonly radiusBits: number; readonly random: SeededRandom },
): LookupTimes {
  const millis = Float64Array.from({ length: LOOKUPS }, () => {
    const place = random.int(index.size);
    const startedAt = performance.now();
    index.search(words.subarray(place * 8, place * 8 + 8), radiusBits);
    return performance.now() - startedAt;
  }).sort();
  const fraction = (part: number): number => millis[Math.floor(part * LOOKUPS)] as number;
  return { p50Millis: fraction(0.5), p95Millis: fraction(0.95) };
}
