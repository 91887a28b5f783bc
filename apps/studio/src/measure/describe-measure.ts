import { NOISE_KINDS } from '@winnow/contracts';
import type { MeasuredKind, NoiseKind, StudioMeasure } from '@winnow/contracts';
import type { ImageColumns } from '@winnow/columns';
import {
  answersOf,
  classOfTruth,
  consistencyOf,
  measureOtherSplit,
  measurePlan,
  peopleAgreement,
  refinedShare,
  reliabilityOf,
} from '@winnow/review';
import type { DecisionLog, JudgedLook, LookAnswers } from '@winnow/review';
import type { PlanLooks, StudioPlan } from './measure-plans';

export interface MeasureSource {
  readonly plan: StudioPlan;
  readonly looks: PlanLooks;
  readonly log: DecisionLog;
  /** Of the split that is measured, as it was before anybody decided. */
  readonly columns: ImageColumns;
  readonly splitId: string;
}

/** Before there is a plan. */
export const NOTHING_MEASURED: StudioMeasure = {
  plan: null,
  splitId: null,
  kinds: NOISE_KINDS.map((kind) => ({
    ...{ kind, planned: 0, looked: 0, right: 0, unsure: 0, missing: 0 },
    ...{ precision: null, recall: null, isComplete: false },
  })),
  overall: null,
  refined: null,
  reliability: [],
  consistency: { same: 0, of: 0 },
  agreement: { same: 0, of: 0, kappa: null },
};

/** What the looks of a plan tell of a split so far. */
export function describeMeasure(source: MeasureSource): StudioMeasure {
  const { plan, looks, log, splitId } = source;
  const answers = answersOf(log.looksOf(plan.id));
  const { judged, unsure } = judgeLooks(source, answers);
  const { planned, sizes } = looks;
  const { halfWidth, isBlind } = plan;
  const drawn = measurePlan(judged, { halfWidth, planned, sizes, unsure, seed: plan.seed });
  const isOwn = splitId === plan.splitId;
  const { same, of } = consistencyOf(answers);
  return {
    plan: { id: plan.id, halfWidth, isBlind, splitId: plan.splitId },
    splitId,
    ...(isOwn ? drawn : otherShares(judged, looks, drawn.kinds)),
    refined: isOwn ? refinedShare(judged, sizes) : null,
    reliability: judged.length === 0 ? [] : reliabilityOf(judged, sizes),
    consistency: { same, of },
    agreement: peopleAgreement(answers),
  };
}

/** The looks are those of the plan; shares are of the split that is measured. */
function otherShares(judged: readonly JudgedLook[], { sizes }: PlanLooks, drawn: readonly MeasuredKind[]) {
  const { kinds, overall } = measureOtherSplit(judged, sizes);
  return {
    kinds: drawn.map((kind, index): MeasuredKind => {
      const { precision = null, recall = null } = kinds[index] ?? {};
      const called = judged.filter((look) => look.called === kind.kind);
      const right = called.filter(({ truth }) => truth === kind.kind).length;
      return { ...kind, looked: called.length, right, precision, recall };
    }),
    overall,
  };
}

/** Looks at which it was said what the image shows; where nobody could say, or people do not agree, they are counted. */
function judgeLooks({ looks: { looks, digests }, log, columns }: MeasureSource, answers: LookAnswers) {
  const labels = new Map(columns.lists.classes.map((name, label) => [name, label]));
  const probabilities = [columns.clean, columns.closed, columns.open];
  const judged: JudgedLook[] = [];
  const unsure = { clean: 0, closed: 0, open: 0 };
  looks.forEach(({ row, kind }, at) => {
    const sha256 = digests[at] as string;
    const said = [...(answers.get(sha256)?.values() ?? [])].map(({ says }) => says);
    if (said.length === 0) return;
    const truth = truthOf(said, log.decisionOf(sha256).truth);
    const className = truth === null ? null : classOfTruth(truth);
    const label = className === null ? null : labels.get(className);
    if (truth === null || label === undefined) {
      unsure[kind] += 1;
      return;
    }
    const called = columns.kind[row] as number;
    judged.push({
      kind,
      called: NOISE_KINDS[called] as NoiseKind,
      truth: label === null ? 'open' : label === columns.given[row] ? 'clean' : 'closed',
      probability: probabilities[called]?.[row] as number,
      isRefinedRight: label !== null && label === columns.refined[row],
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
