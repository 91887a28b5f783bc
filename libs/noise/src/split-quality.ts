import { NOISE_KINDS, WinnowError } from '@winnow/contracts';
import type { KindConfusion, KindRow, NoiseKind, SplitQuality } from '@winnow/contracts';
import { areaUnderRoc, falsePositiveRateAtRecall } from './detection-metrics';
import type { SplitResult } from './split';

export interface SplitTruth {
  /** Name of the split that is judged. */
  readonly method: string;
  /** Given labels, [count]. */
  readonly givenLabels: ArrayLike<number>;
  /** True labels, NO_CLASS (-1) for images of no known class, [count]. */
  readonly trueLabels: ArrayLike<number>;
}

/**
 * How well a split found the kinds. Macro-F1 is over the kinds that are there or were found; a kind that was never
 * found has precision 0. AUROC and FPR rank by the split's probabilities.
 * @throws WinnowError SHAPE_MISMATCH where lengths differ
 */
export function splitQuality(split: SplitResult, { method, givenLabels, trueLabels }: SplitTruth): SplitQuality {
  const count = split.kinds.length;
  if (givenLabels.length !== count || trueLabels.length !== count) {
    const lengths = `${givenLabels.length} given and ${trueLabels.length} true labels`;
    throw new WinnowError('SHAPE_MISMATCH', `${lengths} for a split of ${count} images`, {
      where: method,
      next: 'Give the truth of the same pool.',
    });
  }
  const truth = Array.from(trueLabels, (label, image) => trueKind(givenLabels[image] as number, label));
  const confusion = confusionOf(truth, split.kinds);
  const precision = byKind((kind) => fraction(cell(confusion, kind, kind), columnSum(confusion, kind)));
  const recall = byKind((kind) => fraction(cell(confusion, kind, kind), rowSum(confusion, kind)));
  const isOpen = truth.map((kind) => kind === 'open');
  return {
    method,
    macroF1: macroF1(confusion),
    confusion,
    precision,
    recall,
    auroc: byKind((kind) =>
      areaUnderRoc(
        probabilitiesOf(split, kind),
        truth.map((other) => other === kind),
      ),
    ),
    fpr95Open: falsePositiveRateAtRecall(probabilitiesOf(split, 'open'), isOpen, 0.95),
    refinedAccuracy: refinedAccuracy(truth, split.refinedLabels, trueLabels),
  };
}

function byKind<T>(value: (kind: NoiseKind) => T): Record<NoiseKind, T> {
  return { clean: value('clean'), closed: value('closed'), open: value('open') };
}

function confusionOf(truth: readonly NoiseKind[], found: Uint8Array): KindConfusion {
  const rows = NOISE_KINDS.map(() => [0, 0, 0]);
  truth.forEach((kind, image) => {
    const row = rows[NOISE_KINDS.indexOf(kind)] as number[];
    const column = found[image] as number;
    row[column] = (row[column] as number) + 1;
  });
  return rows as unknown as [KindRow, KindRow, KindRow];
}

function cell(confusion: KindConfusion, truth: NoiseKind, found: NoiseKind): number {
  return (confusion[NOISE_KINDS.indexOf(truth)] as KindRow)[NOISE_KINDS.indexOf(found)] as number;
}

function rowSum(confusion: KindConfusion, truth: NoiseKind): number {
  return NOISE_KINDS.reduce((sum, found) => sum + cell(confusion, truth, found), 0);
}

function columnSum(confusion: KindConfusion, found: NoiseKind): number {
  return NOISE_KINDS.reduce((sum, truth) => sum + cell(confusion, truth, found), 0);
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** F1 = 2 hits / (true members + found members), averaged over the kinds that have either. */
function macroF1(confusion: KindConfusion): number {
  const scores = NOISE_KINDS.map((kind) => ({
    hits: cell(confusion, kind, kind),
    members: rowSum(confusion, kind) + columnSum(confusion, kind),
  })).filter(({ members }) => members > 0);
  return fraction(
    scores.reduce((sum, { hits, members }) => sum + (2 * hits) / members, 0),
    scores.length,
  );
}

function probabilitiesOf({ kinds, probabilities }: SplitResult, kind: NoiseKind): Float32Array {
  const column = NOISE_KINDS.indexOf(kind);
  return Float32Array.from(kinds, (_, image) => probabilities[image * NOISE_KINDS.length + column] as number);
}

function refinedAccuracy(truth: readonly NoiseKind[], refined: Int32Array, labels: ArrayLike<number>): number | null {
  const closed = [...truth.keys()].filter((image) => truth[image] === 'closed');
  if (closed.length === 0) return null;
  return closed.filter((image) => refined[image] === labels[image]).length / closed.length;
}

/** True label of an image of no known class. */
export const NO_CLASS = -1;

/**
 * The true kind of a label. A label that was drawn at random and happens to be right is clean.
 * @param given class index
 * @param truth class index, or NO_CLASS
 */
export function trueKind(given: number, truth: number): NoiseKind {
  if (truth === NO_CLASS) return 'open';
  return given === truth ? 'clean' : 'closed';
}
