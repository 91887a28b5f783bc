import type { CommandIo, SplitQuality } from '@winnow/contracts';
import { splitQuality, type SplitResult } from '@winnow/noise';
import { METHODS } from '@winnow/training';
import type { OpenWorld } from './open-world';
import { oracleSplit } from './oracle-split';
import type { ReviewQuality } from './review-split';
import { splitOpened } from './measure-split';
import type { WorldRequest } from './world-plan';
import { loadWorldTruth } from './world-truth';

/** A world's split, and how well it did. */
export interface WorldSplit {
  /** What the method gets: the one that was found, or with an oracle the true one. */
  readonly split: SplitResult;
  /** The one that was found, where `winnow` found it; never the oracle's. */
  readonly byWinnow: SplitResult | null;
  /** Of the one that was found. */
  readonly quality: SplitQuality;
  /** What was decided (SplitInput.known), and what it was worth to the split. */
  readonly known?: Int32Array | undefined;
  readonly review?: ReviewQuality | undefined;
  readonly splitSeconds: number;
  /** For measuring only. */
  readonly truth: Int32Array;
}

/**
 * Splits a world's pool as a bench asks for it, with what a simulated person decides.
 * @param bench heldOut: rows of which the person says nothing, or what is expected of them would be known
 * @throws WinnowError as loadWorldTruth
 */
export async function splitWorld(
  opened: OpenWorld,
  bench: Pick<WorldRequest, 'method' | 'split' | 'oracle' | 'review'> & { readonly heldOut: readonly number[] },
  io: CommandIo,
): Promise<WorldSplit> {
  const { world, folder, pool } = opened;
  const { labels } = pool.images;
  const method = bench.split ?? METHODS[bench.method].split;
  // Before the teacher is asked: a table that does not say it ends the bench at once.
  const truth = await loadWorldTruth(folder, world, pool.paths);
  const start = performance.now();
  const { review: asked, heldOut } = bench;
  const { split: found, known, review } = await splitOpened(opened, { method, truth, review: asked, heldOut }, io);
  const splitSeconds = (performance.now() - start) / 1000;
  return {
    split: bench.oracle ? oracleSplit(found, { labels, truth }) : found,
    byWinnow: method === 'winnow' ? found : null,
    quality: splitQuality(found, { method, givenLabels: labels, trueLabels: truth }),
    known,
    review,
    splitSeconds,
    truth,
  };
}

/** What the record of a bench has of it. */
export function describeSplit({ quality, review, splitSeconds }: WorldSplit) {
  const { method, macroF1, fpr95Open, confusion, auroc, refinedAccuracy } = quality;
  return {
    split: { method, macroF1, aurocOpen: auroc.open, aurocClean: auroc.clean, fpr95Open, confusion },
    refinedAccuracy,
    ...(review && { review }),
    splitSeconds,
  };
}
