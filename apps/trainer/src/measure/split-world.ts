import { NOISE_KINDS } from '@winnow/contracts';
import type { CommandIo, SplitQuality } from '@winnow/contracts';
import { NO_CLASS, splitQuality, trueKind } from '@winnow/noise';
import type { SplitResult } from '@winnow/noise';
import { METHODS } from '@winnow/training';
import { splitOpened } from './measure-split';
import type { OpenWorld } from './open-world';
import type { ReviewQuality } from './review-split';
import { loadWorldTruth } from './world-images';
import type { WorldRequest } from './world-plan';

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

/**
 * The split that knows the truth: what a method would reach with it bounds what a better split can give.
 * @param split whose refined labels stay for images of no known class
 * @param truth true labels, NO_CLASS for none, [count]
 */
function oracleSplit(
  split: SplitResult,
  { labels, truth }: { readonly labels: Int32Array; readonly truth: Int32Array },
): SplitResult {
  const kinds = Uint8Array.from(truth, (label, row) => NOISE_KINDS.indexOf(trueKind(labels[row] as number, label)));
  const probabilities = new Float32Array(truth.length * NOISE_KINDS.length);
  kinds.forEach((kind, row) => (probabilities[row * NOISE_KINDS.length + kind] = 1));
  return {
    ...split,
    kinds,
    probabilities,
    refinedLabels: truth.map((label, row) => (label === NO_CLASS ? (split.refinedLabels[row] as number) : label)),
  };
}
