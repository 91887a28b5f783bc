import { NOISE_KINDS } from '@winnow/contracts';
import type { StudioMeasure } from '@winnow/contracts';
import type { ImageColumns } from '@winnow/columns';
import { measureByLooks } from '@winnow/review';
import type { DecisionLog, PlanLooks } from '@winnow/review';
import type { StudioPlan } from './measure-plans';

/** Before there is a plan. */
export const NOTHING_MEASURED: StudioMeasure = {
  plan: null,
  splitId: null,
  kinds: NOISE_KINDS.map((kind) => ({
    ...{ kind, planned: 0, looked: 0, right: 0, unsure: 0, missing: 0, forgotten: 0 },
    ...{ precision: null, recall: null, isComplete: false },
  })),
  overall: null,
  labels: null,
  refined: null,
  reliability: [],
  consistency: { same: 0, of: 0 },
  agreement: { same: 0, of: 0, kappa: null },
};

interface MeasuredColumns {
  readonly plan: StudioPlan;
  readonly looks: PlanLooks;
  readonly log: DecisionLog;
  /** Of the split that is measured, as it was before anybody decided. */
  readonly columns: ImageColumns;
  readonly splitId: string;
}

/** What the looks of a plan tell of a split so far. */
export function describeMeasure({ plan, looks, log, columns, splitId }: MeasuredColumns): StudioMeasure {
  const { id, halfWidth, isBlind } = plan;
  const probabilities = [columns.clean, columns.closed, columns.open];
  const split = {
    kinds: columns.kind,
    probabilityOf: (row: number, kind: number) => probabilities[kind]?.[row] as number,
    labels: columns.given,
    refinedLabels: columns.refined,
    classes: columns.lists.classes,
  };
  return {
    plan: { id, halfWidth, isBlind, splitId: plan.splitId },
    splitId,
    ...measureByLooks({
      ...{ plan, looks, log, split, isOther: splitId !== plan.splitId },
      isForgotten: (row) => columns.forgotten[row] === 1,
    }),
  };
}
