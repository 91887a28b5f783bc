import { NOISE_KINDS } from '@winnow/contracts';
import { checkFeatures, checkLogits, checkOutside, requireImages } from '../../check-input';
import { checkKnown } from '../../corrections';
import { argmaxRows } from '../../row-math';
import type { SplitInput, SplitResult } from '../../split';
import { candidateClasses } from './candidate-classes';
import { evidenceCells } from './evidence-cells';
import { CHANNEL_PRIOR, LabelChannel } from './label-channel';
import type { ChannelPrior } from './label-channel';
import { labelModelStep } from './label-model';
import type { LabelDetail, LabelPosteriors } from './label-model';
import { openSetBasis } from './open-set-basis';
import { OpenSetClassifier } from './open-set-classifier';
import { chanceAtMean, startFractions } from './start-fractions';
import type { StartFractions } from './start-fractions';
import { startTemperature } from './temperature';

/** What is assumed before the pool is seen. */
export interface WinnowSplitSettings {
  /** Shares to start from; null: what labels and teacher disagree on says it. */
  readonly start: StartFractions | null;
  /** Of the classifier to start from; null: as many images as there are, and every block of columns finds its own. */
  readonly ridge: number | null;
  /** The classifier starts from what a teacher's doubt means: low energy, a small margin, mass outside our classes are open. */
  readonly readsDoubt: boolean;
  readonly channel: ChannelPrior;
  readonly maxIterations: number;
  /** Stop once the mean log-likelihood of the labels changes by less, nats. */
  readonly tolerance: number;
}

/** What else a fit is to do. */
export interface LabelModelOptions {
  /** Its posteriors have a detail. */
  readonly wantsDetail?: boolean;
  /** 1 for images whose labels are judged and teach nothing, [count]; default: none */
  readonly heldOut?: Uint8Array;
}

export const WINNOW_SPLIT: WinnowSplitSettings = {
  start: null,
  ridge: null,
  readsDoubt: true,
  channel: CHANNEL_PRIOR,
  maxIterations: 100,
  tolerance: 2e-5,
};

/**
 * Our split: explains every given label as one of a known class seen through a noise channel, or of an open image,
 *     p(y | x) = sum_k softmax(z / T)_k ((1 - o(x)) N[k, y] + o(x) Q[k, y]),
 * and fits classifier o, channels N and Q and temperature T to the given labels by expectation maximisation; nothing
 * is set by hand for a number of classes or a teacher. The kind is the one with the largest posterior; the refined
 * label, also of images not called closed, is the most likely class other than the given one. What a person decided
 * (`known`) is the only explanation of that image: all four learn from it, and so do similar images through the classifier.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function winnowSplit(input: SplitInput): SplitResult {
  return splitOf(fitWinnowSplit(input, WINNOW_SPLIT).posteriors);
}

/** The split that posteriors amount to. */
export function splitOf({ probabilities, closedClasses }: LabelPosteriors): SplitResult {
  const kinds = Uint8Array.from(argmaxRows(probabilities, NOISE_KINDS.length));
  const score = Float32Array.from(closedClasses, (_, row) => 1 - (probabilities[row * 3] as number));
  return { kinds, probabilities, refinedLabels: closedClasses, score };
}

/** The fit behind the split. @throws WinnowError as winnowSplit */
export function fitWinnowSplit(
  input: SplitInput,
  settings: WinnowSplitSettings,
  { wantsDetail = false, heldOut }: LabelModelOptions = {},
): { readonly posteriors: LabelPosteriors; readonly temperature: number; readonly logLikelihoods: readonly number[] } {
  const { logits, labels, classCount, features, known } = input;
  requireImages(labels);
  checkLogits(logits, labels, classCount);
  if (features) checkFeatures(features, labels.length);
  if (input.outside) checkOutside(input.outside, labels.length);
  if (known) checkKnown(known, { count: labels.length, classCount });
  const cells = evidenceCells(input);
  const candidates = candidateClasses(logits, labels, classCount, known);
  const temperature = startTemperature(candidates, labels);
  const pool = {
    candidates,
    labels,
    cells,
    otherLabels: input.otherLabels,
    known,
    heldOut,
  };
  const columns = openSetBasis(input, temperature, cells);
  const basis = settings.readsDoubt ? columns : { ...columns, means: new Float64Array(columns.width) };
  const start = settings.start ?? startFractions(logits, labels, classCount);
  const parts = {
    channel: new LabelChannel(labels, classCount, { rate: start.wrong, prior: settings.channel }),
    classifier: new OpenSetClassifier(basis, {
      fraction: settings.readsDoubt ? chanceAtMean(basis, start.open) : start.open,
      ridge: settings.ridge ?? labels.length,
      adapts: settings.ridge === null,
    }),
    inverseTemperature: 1 / temperature,
    startInverse: 1 / temperature,
    cellFactors: new Float64Array(8).fill(1),
  };
  const logLikelihoods: number[] = [];
  for (let step = 0; step < settings.maxIterations; step += 1) {
    const { logLikelihood } = labelModelStep(pool, parts, { learn: true });
    const gain = logLikelihood - (logLikelihoods.at(-1) ?? -Infinity);
    logLikelihoods.push(logLikelihood);
    if (Math.abs(gain) < settings.tolerance) break;
  }
  const posteriors = labelModelStep(pool, parts, { learn: false, wantsDetail });
  return { posteriors, temperature: 1 / parts.inverseTemperature, logLikelihoods };
}

/** What the label model behind the split `winnow` says of a pool. */
export interface LabelModelFit extends LabelDetail {
  readonly split: SplitResult;
  /** Of the teacher's logits at which the labels are likeliest. */
  readonly temperature: number;
}

/**
 * Its classifier starts from nothing: one that starts from doubts of the teacher takes a network that doubts less for a better one,
 * whatever the labels say.
 */
export const LABEL_MODEL = { ...WINNOW_SPLIT, start: { open: 0.05, wrong: 0.1 }, readsDoubt: false };

/**
 * Fits the label model of the split `winnow` to a pool and gives all that it says: the split, the posterior of every
 * class, and how likely each given label was. Memory: as much again as the logits.
 * @param heldOut 1 for images whose labels are judged and teach nothing, [count]; default: none
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function fitLabelModel(input: SplitInput, heldOut?: Uint8Array): LabelModelFit {
  const { posteriors, temperature } = fitWinnowSplit(input, LABEL_MODEL, {
    wantsDetail: true,
    ...(heldOut && { heldOut }),
  });
  const { detail } = posteriors as LabelPosteriors & { readonly detail: LabelDetail };
  return { split: splitOf(posteriors), temperature, ...detail };
}
