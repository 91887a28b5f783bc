import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredKind, MeasuredShare, NoiseKind } from '@winnow/contracts';
import type { KindCounts } from './measure-plan';
import { drawnShares } from './stratified-draws';
import type { Stratum } from './stratified-draws';
import { looksNeeded, wilsonInterval } from './wilson-interval';

/** A planned look at which somebody said what the image shows. */
export interface JudgedLook {
  /** What it was drawn as. */
  readonly kind: NoiseKind;
  /** What it is, by what was said and the given label. */
  readonly truth: NoiseKind;
  /** What the split gave the kind that it calls it. */
  readonly probability: number;
  /** What the split that is measured calls it: another than it was drawn as where another split drew it. */
  readonly called: NoiseKind;
  /** The refined label is what was said. */
  readonly isRefinedRight: boolean;
}

export interface MeasuredPlan {
  readonly halfWidth: number;
  /** Looks of each kind that are planned so far. */
  readonly planned: KindCounts;
  /** Images of each kind. */
  readonly sizes: KindCounts;
  /** Looks at which nobody could say; default: none. */
  readonly unsure?: KindCounts;
  /** Looks at images that are to be forgotten, which are not among those planned; default: none. */
  readonly forgotten?: KindCounts;
  /** Images that can be drawn yet; default: all that are not planned. */
  readonly drawable?: KindCounts;
  /** Of the draws. */
  readonly seed: number | string;
}

const KIND_INDICES = [...NOISE_KINDS.keys()];
const CLEAN = NOISE_KINDS.indexOf('clean');

export interface PlanMeasure {
  readonly kinds: readonly MeasuredKind[];
  readonly overall: MeasuredShare | null;
  /** Of the whole pool: images whose given label is right. The others are its label noise. */
  readonly labels: MeasuredShare | null;
}

/**
 * What the looks of a plan tell of the split they were drawn from: precision of each kind by Wilson's interval; recall,
 * and the share of the whole pool whose kind is right, by the kinds' sizes, with intervals of 2,000 draws. Recall and the
 * whole wait until every kind that has images was looked at.
 */
export function measurePlan(looks: readonly JudgedLook[], plan: MeasuredPlan): PlanMeasure {
  const { planned, sizes, halfWidth } = plan;
  const strata = NOISE_KINDS.map((kind) => ({ size: sizes[kind], counts: truthsOf(looks, kind) }));
  const isEverywhere = strata.every(({ size, counts }) => size === 0 || sumOf(counts) > 0);
  const byAll = isEverywhere && looks.length > 0 ? recallsAndOverall(strata, plan.seed) : null;
  const kinds = NOISE_KINDS.map((kind, index): MeasuredKind => {
    const counts = (strata[index] as Stratum).counts;
    const [looked, right] = [sumOf(counts), counts[index] as number];
    const size = sizes[kind];
    const unsure = plan.unsure?.[kind] ?? 0;
    const isComplete = looked + unsure >= planned[kind];
    // Whoever stops as soon as it looks good gets a wrong interval: what is planned is looked at first.
    const needed = looked > 0 ? looksNeeded(right / looked, halfWidth, size) : 0;
    const drawable = plan.drawable?.[kind] ?? size - planned[kind];
    const missing = isComplete ? Math.min(drawable, Math.max(0, needed - looked)) : planned[kind] - looked - unsure;
    return {
      kind,
      planned: planned[kind],
      looked,
      right,
      precision: wilsonInterval(right / looked, { looked, size }),
      recall: byAll?.recalls[index] ?? null,
      missing,
      unsure,
      forgotten: plan.forgotten?.[kind] ?? 0,
      isComplete,
    };
  });
  return { kinds, overall: byAll?.overall ?? null, labels: byAll?.labels ?? null };
}

function recallsAndOverall(strata: readonly Stratum[], seed: number | string) {
  const total = sumOf(strata.map(({ size }) => size));
  const [clean, closed, open, overall, labels] = drawnShares(strata, seed, (imagesOf) => {
    let right = 0;
    let labelled = 0;
    const recalls = KIND_INDICES.map((kind) => {
      let there = 0;
      for (const stratum of KIND_INDICES) there += imagesOf(stratum, kind);
      right += imagesOf(kind, kind);
      return there === 0 ? null : imagesOf(kind, kind) / there;
    });
    for (const stratum of KIND_INDICES) labelled += imagesOf(stratum, CLEAN);
    return [...recalls, right / total, labelled / total];
  });
  return { recalls: [clean, closed, open], overall: overall ?? null, labels: labels ?? null };
}

function truthsOf(looks: readonly JudgedLook[], kind: NoiseKind): number[] {
  const here = looks.filter((look) => look.kind === kind);
  return NOISE_KINDS.map((truth) => here.filter((look) => look.truth === truth).length);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * Images that a look stands for: those of the kind it was drawn from, shared out among its looks so far. Once a plan is
 * done that is one by the chance with which the last stage drew; a look of an earlier stage was drawn anew with it.
 */
function weightsOf(looks: readonly JudgedLook[], sizes: KindCounts): number[] {
  const looked = { clean: 0, closed: 0, open: 0 };
  for (const { kind } of looks) looked[kind] += 1;
  return looks.map(({ kind }) => sizes[kind] / looked[kind]);
}

/**
 * A share by weights of looks, its interval by Wilson with Kish's effective number of looks, (sum of weights)² / sum of
 * their squares.
 */
function weightedShare(looks: readonly (readonly [isRight: boolean, weight: number])[]): MeasuredShare | null {
  const sum = sumOf(looks.map(([, weight]) => weight));
  const squares = sumOf(looks.map(([, weight]) => weight * weight));
  if (squares === 0) return null;
  const right = sumOf(looks.map(([isRight, weight]) => (isRight ? weight : 0)));
  return wilsonInterval(right / sum, { looked: (sum * sum) / squares });
}

/**
 * What the looks of a plan tell of another split of the same images (`called`): the same shares, by the weights with
 * which they were drawn; nothing before every kind that has images was looked at, as weights would leave those out.
 * @param sizes images of each kind of the split that they were drawn from
 */
export function measureOtherSplit(looks: readonly JudgedLook[], sizes: KindCounts) {
  if (NOISE_KINDS.some((kind) => sizes[kind] > 0 && !looks.some((look) => look.kind === kind))) {
    const kinds = NOISE_KINDS.map((kind) => ({ kind, precision: null, recall: null }));
    return { kinds, overall: null, labels: null };
  }
  const weights = weightsOf(looks, sizes);
  const shareOf = (isMeant: (look: JudgedLook) => boolean, isRight: (look: JudgedLook) => boolean) =>
    weightedShare(
      looks.flatMap((look, at) => (isMeant(look) ? [[isRight(look), weights[at] as number] as const] : [])),
    );
  const isRight = ({ called, truth }: JudgedLook): boolean => called === truth;
  return {
    kinds: NOISE_KINDS.map((kind) => ({
      kind,
      precision: shareOf(({ called }) => called === kind, isRight),
      recall: shareOf(({ truth }) => truth === kind, isRight),
    })),
    overall: shareOf(() => true, isRight),
    labels: shareOf(
      () => true,
      ({ truth }) => truth === 'clean',
    ),
  };
}

const BINS = 10;

/**
 * Whether probabilities mean what they say: in ten bins of the probability of the kind that was called, its mean and the
 * share that was right, both by weights of looks.
 */
export function reliabilityOf(looks: readonly JudgedLook[], sizes: KindCounts) {
  const weights = weightsOf(looks, sizes);
  return Array.from({ length: BINS }, (_, bin) => {
    const here = [...looks.keys()].filter((at) => binOf((looks[at] as JudgedLook).probability) === bin);
    const sum = sumOf(here.map((at) => weights[at] as number));
    const mean = (value: (look: JudgedLook) => number): number =>
      here.length === 0 ? 0 : sumOf(here.map((at) => value(looks[at] as JudgedLook) * (weights[at] as number))) / sum;
    return {
      from: bin / BINS,
      mean: mean(({ probability }) => probability),
      right: mean(({ called, truth }) => (called === truth ? 1 : 0)),
      looked: here.length,
    };
  });
}

function binOf(probability: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(probability * BINS)));
}

/** Of images called closed: their share whose refined label is what was said. */
export function refinedShare(looks: readonly JudgedLook[], sizes: KindCounts): MeasuredShare | null {
  const closed = looks.filter(({ kind }) => kind === 'closed');
  if (closed.length === 0) return null;
  const right = closed.filter(({ isRefinedRight }) => isRefinedRight).length;
  return wilsonInterval(right / closed.length, { looked: closed.length, size: sizes.closed });
}
