import type { SplitInput } from '@winnow/noise';
import { heldOutLikelihoods, isBelieved, likelihoodGain } from './held-out';
import type { HeldOutFolds, LikelihoodGain } from './held-out';

/** Of the way from the old logits to the new ones; 0 is always compared with. */
const FRACTIONS = [0.25, 0.5, 0.75, 1];

/**
 * What a network says of every image, by ways of looking at it, [count, classCount] each: the image alone, the mean with its
 * mirror image. The student learns the last.
 */
export type ViewLogits = readonly Float32Array[];

/** A part of the way from the teacher to its refinement. */
export interface ChosenFraction {
  readonly fraction: number;
  /** Logits of the last view at that fraction, [count, classCount] */
  readonly logits: Float32Array;
  /** Mean log-likelihood of the labels under the teacher's logits of the first view, nats. */
  readonly before: number;
  /** The same under these logits. */
  readonly after: number;
  readonly gain: LikelihoodGain;
}

/** What fractions are judged by. */
export interface FractionJudge extends HeldOutFolds {
  /** The teacher's features, the given labels and what else is known of them. */
  readonly input: SplitInput;
  readonly teacher: ViewLogits;
  /** Log-likelihood of each label under the teacher's logits of each view, [count] */
  readonly before: readonly Float64Array[];
}

/** @throws WinnowError as heldOutLikelihoods */
export async function fractionJudge(
  input: SplitInput,
  teacher: ViewLogits,
  heldOut: HeldOutFolds,
): Promise<FractionJudge> {
  const before: Float64Array[] = [];
  for (const logits of teacher) before.push(await heldOutLikelihoods({ ...input, logits }, heldOut));
  return { input, teacher, before, ...heldOut };
}

/**
 * Goes from the teacher's logits towards others as far as makes the given labels likeliest under the label model, which
 * is fitted anew at every stop: by the sum of the gains of all views. That of the first must be more than chance, that of
 * the others more than nothing: a network that does better on images may do so by what its mean with their mirror images has
 * done all along, and is worse to learn from then.
 * @param refined logits of images by networks that did not learn them
 * @throws WinnowError as heldOutLikelihoods
 */
export async function chooseFraction(judge: FractionJudge, refined: ViewLogits): Promise<ChosenFraction> {
  const { input, teacher, before } = judge;
  const old = meanOf(before[0] as Float64Array);
  const none = { mean: 0, standardError: 0 };
  let best: ChosenFraction = {
    fraction: 0,
    logits: teacher.at(-1) as Float32Array,
    before: old,
    after: old,
    gain: none,
  };
  let most = 0;
  for (const fraction of FRACTIONS) {
    const mixed = teacher.map((logits, view) => mix(logits, refined[view] as Float32Array, fraction));
    const after = await heldOutLikelihoods({ ...input, logits: mixed[0] as Float32Array }, judge);
    const gain = likelihoodGain(after, before[0] as Float64Array);
    if (!isBelieved(gain)) continue;
    const others: number[] = [];
    for (const [view, logits] of mixed.entries()) {
      if (view === 0) continue;
      const likelihoods = await heldOutLikelihoods({ ...input, logits }, judge);
      others.push(likelihoodGain(likelihoods, before[view] as Float64Array).mean);
    }
    const sum = others.reduce((total, mean) => total + mean, gain.mean);
    if (sum <= most || others.some((mean) => mean <= 0)) continue;
    most = sum;
    best = { fraction, logits: mixed.at(-1) as Float32Array, before: old, after: meanOf(after), gain };
  }
  return best;
}

function mix(one: Float32Array, other: Float32Array, fraction: number): Float32Array {
  return one.map((value, at) => value + fraction * ((other[at] as number) - value));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
