export { agreementOf } from './measure/agreement';
export type { Agreement } from './measure/agreement';
export { measureOtherSplit, measurePlan, refinedShare, reliabilityOf } from './measure/measure-looks';
export type { JudgedLook, MeasuredPlan, PlanMeasure } from './measure/measure-looks';
export { countPlan, kindSizes, plannedLooks, showings } from './measure/measure-plan';
export type { KindCounts, MeasurePlan, PlannedLook, Showing } from './measure/measure-plan';
export { looksNeeded, wilsonInterval } from './measure/wilson-interval';
