import type { SplitName } from '@winnow/contracts';
import { applyCorrections, knownLabels, REFITTED_SPLITS, splitQuality } from '@winnow/noise';
import type { SplitResult } from '@winnow/noise';
import type { LabelNeighbours } from '@winnow/review';
import { selectSplitRows } from '../noise/split-rows';
import { simulateReview } from './simulate-review';
import type { Review, SimulatedPool } from './simulate-review';

/** What a simulated person's decisions were worth to a split. */
export interface ReviewQuality extends Review {
  /** Macro-F1 of the split without them, with them laid over it, and as it is with them. */
  readonly macroF1: { readonly before: number; readonly overlaid: number; readonly after: number };
  /** The same of the images that nobody decided: what the others learnt. Null where everything was. */
  readonly undecidedMacroF1: { readonly before: number | null; readonly after: number | null };
}

export interface ReviewedSplit {
  readonly split: SplitResult;
  /** As SplitInput.known, [count]. */
  readonly known: Int32Array;
  readonly quality: ReviewQuality;
}

export interface SplitLocation extends Pick<SimulatedPool, 'classCount' | 'truth' | 'heldOut'> {
  readonly method: SplitName;
  /** Given labels, [count]. */
  readonly labels: Int32Array;
  /** The split without decisions. */
  readonly before: SplitResult;
  /** Splits the pool with decisions. */
  readonly refit: (known: Int32Array) => SplitResult;
  /** What some orders need; found when they do. */
  readonly neighbours: () => LabelNeighbours;
  /** Probabilities of another split. */
  readonly other: () => Float32Array;
}

/** Lets a person review a pool as the split without decisions orders it, and splits it with what was decided. */
export function reviewSplit(location: SplitLocation, review: Review): ReviewedSplit {
  const { method, labels, truth, classCount, before, refit } = location;
  const decisions = simulateReview(simulatedPool(location, review), review);
  const known = knownLabels(decisions, { count: labels.length, classCount });
  const overlaid = applyCorrections(before, decisions, { labels, classCount });
  const split = REFITTED_SPLITS.has(method) ? refit(known) : overlaid;
  const left = [...known.keys()].filter((row) => known[row] === -1);
  const macroF1 = (result: SplitResult, rows: readonly number[]): number =>
    splitQuality(selectSplitRows(result, rows), {
      method,
      givenLabels: rows.map((row) => labels[row] as number),
      trueLabels: rows.map((row) => truth[row] as number),
    }).macroF1;
  const all = [...known.keys()];
  return {
    split,
    known,
    quality: {
      ...review,
      macroF1: { before: macroF1(before, all), overlaid: macroF1(overlaid, all), after: macroF1(split, all) },
      undecidedMacroF1:
        left.length === 0
          ? { before: null, after: null }
          : { before: macroF1(before, left), after: macroF1(split, left) },
    },
  };
}

function simulatedPool(location: SplitLocation, { by }: Review): SimulatedPool {
  const { labels, truth, classCount, heldOut, before, neighbours, other } = location;
  return {
    ...{ labels, truth, classCount, heldOut },
    ...before,
    neighbours: by === 'worth' ? neighbours() : undefined,
    other: by === 'disagree' ? other() : undefined,
  };
}
