import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredKind, NoiseKind, StudioMeasure } from '@winnow/contracts';
import type { DecisionLog } from '../decisions/decision-log';
import { classOfTruth } from '../decisions/decision-log';
import { measureOtherSplit, measurePlan, refinedShare, reliabilityOf } from './measure-looks';
import type { JudgedLook, PlanMeasure } from './measure-looks';
import { kindSizes, plannedLooks } from './measure-plan';
import type { KindCounts, MeasurePlan, PlannedLook } from './measure-plan';
import { answersOf, consistencyOf, peopleAgreement } from './plan-answers';

/** What a plan looks at. */
export interface PlanLooks {
  readonly looks: readonly PlannedLook[];
  /** SHA-256 of the looks' images, in their order. */
  readonly digests: readonly string[];
  /** Images of each kind. */
  readonly sizes: KindCounts;
  /** Of the split that they are drawn from, index into NOISE_KINDS, [count]. */
  readonly kinds: Uint8Array;
}

/** @param kinds of the split that the plan draws from, index into NOISE_KINDS, [count] */
export function looksOfPlan(plan: MeasurePlan, kinds: Uint8Array, digestOf: (row: number) => string): PlanLooks {
  const looks = plannedLooks(plan, kinds);
  return { looks, digests: looks.map(({ row }) => digestOf(row)), sizes: kindSizes(kinds), kinds };
}

/** What is measured: what a split says of each image, as it was before anybody decided. */
export interface MeasuredSplit {
  /** Index into NOISE_KINDS, [count]. */
  readonly kinds: Uint8Array;
  readonly probabilityOf: (row: number, kind: number) => number;
  /** Given labels, [count]. */
  readonly labels: ArrayLike<number>;
  readonly refinedLabels: ArrayLike<number>;
  readonly classes: readonly string[];
}

export interface MeasureSource {
  readonly plan: { readonly id: string; readonly seed: string; readonly halfWidth: number };
  readonly looks: PlanLooks;
  readonly log: DecisionLog;
  readonly split: MeasuredSplit;
  /** The plan draws from another split than the one that is measured. */
  readonly isOther: boolean;
  /** Of images that are to be forgotten since they were drawn: nobody can look at them, so that they are not of the plan any more. */
  readonly isForgotten: (row: number) => boolean;
}

/** What the looks of a plan tell of a split so far. */
export function measureByLooks(source: MeasureSource): Omit<StudioMeasure, 'plan' | 'splitId'> {
  const { plan, looks, log, isOther } = source;
  const { sizes } = looks;
  const counts = countPlanned(looks, source.isForgotten);
  const answers = answersOf(log.looksOf(plan.id));
  const { judged, unsure } = judgeLooks(source, (sha256) =>
    Array.from(answers.get(sha256)?.values() ?? [], ({ says }) => says),
  );
  const drawn = measurePlan(judged, { halfWidth: plan.halfWidth, ...counts, sizes, unsure, seed: plan.seed });
  const { same, of } = consistencyOf(answers);
  return {
    ...(isOther ? otherShares(judged, sizes, drawn) : drawn),
    refined: isOther ? null : refinedShare(judged, sizes),
    reliability: judged.length === 0 ? [] : reliabilityOf(judged, sizes),
    consistency: { same, of },
    agreement: peopleAgreement(answers),
  };
}

/**
 * Looks of each kind that can be done, those of images that are to be forgotten since, and how many more can be drawn: images that
 * were not, and are not to be forgotten.
 */
export function countPlanned(
  { looks, kinds }: Pick<PlanLooks, 'looks' | 'kinds'>,
  isForgotten: (row: number) => boolean,
) {
  const planned = { clean: 0, closed: 0, open: 0 };
  const forgotten = { clean: 0, closed: 0, open: 0 };
  for (const { row, kind } of looks) (isForgotten(row) ? forgotten : planned)[kind] += 1;
  const there = kindSizes(kinds.filter((_, row) => !isForgotten(row)));
  const drawable = {
    clean: there.clean - planned.clean,
    closed: there.closed - planned.closed,
    open: there.open - planned.open,
  };
  return { planned, forgotten, drawable };
}

/** The next stage of a plan: as many looks of each kind as are wanted beside those planned, and can be drawn. */
export function nextStage(
  wanted: KindCounts,
  { planned, drawable }: Pick<ReturnType<typeof countPlanned>, 'planned' | 'drawable'>,
): KindCounts {
  const more = (kind: NoiseKind): number => Math.min(drawable[kind], Math.max(0, wanted[kind] - planned[kind]));
  return { clean: more('clean'), closed: more('closed'), open: more('open') };
}

/** How far the plan is stays; the shares, and the looks they are of, are those of the split that is measured. */
function otherShares(judged: readonly JudgedLook[], sizes: KindCounts, drawn: PlanMeasure): PlanMeasure {
  const { kinds, overall, labels } = measureOtherSplit(judged, sizes);
  return {
    kinds: drawn.kinds.map((kind, index): MeasuredKind => {
      const { precision = null, recall = null } = kinds[index] ?? {};
      const called = judged.filter((look) => look.called === kind.kind);
      const right = called.filter(({ truth }) => truth === kind.kind).length;
      return { ...kind, looked: called.length, right, precision, recall };
    }),
    overall,
    labels,
  };
}

/** Looks at which it was said what the image shows; where nobody could say, or people do not agree, they are counted. */
function judgeLooks(
  { looks: { looks, digests }, log, split, isForgotten }: MeasureSource,
  saidOf: (sha256: string) => readonly string[],
) {
  const labels = new Map(split.classes.map((name, label) => [name, label]));
  const judged: JudgedLook[] = [];
  const unsure = { clean: 0, closed: 0, open: 0 };
  looks.forEach(({ row, kind }, at) => {
    const sha256 = digests[at] as string;
    const said = saidOf(sha256);
    if (said.length === 0 || isForgotten(row)) return;
    const truth = truthOf(said, log.decisionOf(sha256).truth);
    const className = truth === null ? null : classOfTruth(truth);
    const label = className === null ? null : labels.get(className);
    if (truth === null || label === undefined) {
      unsure[kind] += 1;
      return;
    }
    const called = split.kinds[row] as number;
    judged.push({
      kind,
      called: NOISE_KINDS[called] as NoiseKind,
      truth: label === null ? 'open' : label === split.labels[row] ? 'clean' : 'closed',
      probability: split.probabilityOf(row, called),
      isRefinedRight: label !== null && label === split.refinedLabels[row],
    });
  });
  return { judged, unsure };
}

/** What all say who could; where they do not agree, what settles it. */
function truthOf(said: readonly string[], settled: string | null): string | null {
  const truths = new Set(said.filter((says) => says !== 'unsure'));
  const [truth = null] = truths;
  return truths.size > 1 ? settled : truth;
}
