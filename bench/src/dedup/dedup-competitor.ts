import { WinnowError } from '@winnow/contracts';
import { median } from '../harness/figures';
import type { PairCounts } from './count-pairs';
import { IMAGEDEDUP_THRESHOLDS, type ImagededupMethod, type ImagededupRun } from './imagededup';
import type { StagesReply } from './our-stages';
import { countClusters } from './count-pairs';
import type { SetFile } from './image-set';
import { sweepDistances } from './sweep-distances';

/** One way to find copies, with what it found. */
export interface DedupCompetitor extends PairCounts {
  /** `pdq`, `embedding`, `phash` or `dhash`. */
  readonly method: string;
  /** Bits of its hash that may differ; null for ours, whose settings are those of a build. */
  readonly thresholdBits: number | null;
  /** Least similarity of features; null where none are looked at. */
  readonly similarity: number | null;
  /** Medians over the rounds; null where this threshold was not searched with, only counted. */
  readonly hashSeconds: number;
  readonly embedSeconds: number;
  readonly searchSeconds: number | null;
  readonly peakBytes: number;
}

/** Random hashes of 64 bits differ in 32 of them, fewer than 20 differ in one pair of a thousand. */
const MAX_BITS = 20;

/** Ours: what the runs found is the same, what they took is not. */
export function ourCompetitor(
  method: 'pdq' | 'embedding',
  files: readonly SetFile[],
  runs: readonly StagesReply[],
): DedupCompetitor {
  const [first] = runs as readonly [StagesReply];
  return {
    method,
    thresholdBits: null,
    similarity: first.similarity,
    ...countClusters(files, first.clusters),
    hashSeconds: median(runs.map(({ hashSeconds }) => hashSeconds)),
    embedSeconds: median(runs.map(({ embedSeconds }) => embedSeconds)),
    searchSeconds: median(runs.map(({ searchSeconds }) => searchSeconds)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
  };
}

/**
 * imagededup at the thresholds of its documentation, and where its false pairs come nearest to each of our rates: at
 * the largest threshold that stays at or under the rate, and at the next one.
 */
export function imagededupCompetitors(
  method: ImagededupMethod,
  files: readonly SetFile[],
  { runs, ourRates }: { readonly runs: readonly ImagededupRun[]; readonly ourRates: readonly number[] },
): DedupCompetitor[] {
  const [first] = runs as readonly [ImagededupRun];
  const counts = sweepDistances(files, hashesOf(files, first), MAX_BITS);
  const equal = ourRates.flatMap((rate) => {
    const under = counts.filter(({ falsePerMillion }) => falsePerMillion <= rate).length - 1;
    return [under, under + 1].filter((bits) => bits >= 0 && bits <= MAX_BITS);
  });
  const thresholds = [...new Set([...IMAGEDEDUP_THRESHOLDS, ...equal])].sort((a, b) => a - b);
  return thresholds.map((thresholdBits) => {
    const searches = runs.flatMap((run) => run.searches.filter(({ threshold }) => threshold === thresholdBits));
    return {
      method,
      thresholdBits,
      similarity: null,
      ...(counts[thresholdBits] as PairCounts),
      hashSeconds: median(runs.map(({ hashSeconds }) => hashSeconds)),
      embedSeconds: 0,
      searchSeconds: searches.length === 0 ? null : median(searches.map(({ seconds }) => seconds)),
      peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    };
  });
}

/** @throws WinnowError INTERNAL where it left out a file */
function hashesOf(files: readonly SetFile[], { hashes }: ImagededupRun): string[] {
  return files.map(({ name }) => {
    const hash = hashes[name];
    if (hash !== undefined) return hash;
    throw new WinnowError('INTERNAL', 'imagededup left out an image', { where: name });
  });
}
