import { settingsOfRoles } from '@winnow/contracts';
import type { IdentityRoles, MethodName, SplitName } from '@winnow/contracts';
import { METHODS, startsAsTeacher } from '@winnow/training';
import type {
  FineTuning,
  FrozenTeacher,
  MethodSettings,
  ScheduleName,
  StudentStart,
  TrainOptions,
} from '@winnow/training';
import { countPool } from '../student/plan/plan-training';
import { type ResolvedTraining, type TrainingFacts, trainingPlan } from '../student/plan/training-plan';
import type { Review } from './simulate-review';

/** One student of one world. */
export interface WorldRequest {
  /** Folder of a world.json. */
  readonly source: string;
  readonly method: MethodName;
  readonly seed: number;
  /** Default: as trainingPlan decides. */
  readonly epochs?: number | undefined;
  /** Default: as trainingPlan decides. */
  readonly batch?: number | undefined;
  /** Default: the world's, else resnet8. */
  readonly student?: string | undefined;
  /** What it begins with: a weights file, relative to the working folder. Default: the world's, else random weights. */
  readonly studentWeights?: string | undefined;
  /** How its new classifier begins; default fitted. */
  readonly head?: StudentStart['head'] | undefined;
  /** Default: the method's own. */
  readonly split?: SplitName | undefined;
  /** Default: the method's own. */
  readonly schedule?: ScheduleName | undefined;
  /** Gives the method the true split: a bound, not a result. */
  readonly oracle: boolean;
  /** A simulated person's decisions for split and method; default: none. */
  readonly review?: Review | undefined;
  /** Settings of the method that differ from its own. */
  readonly settings: MethodSettings;
  /** Settings of the optimiser that differ from the method's. */
  readonly train: OptimiserSettings;
  /** Keeps a part of the pool (hold-out.ts) from training and measures on it. */
  readonly holdOut: boolean;
  /** Folder to keep checkpoints in, and to go on from; default: none. */
  readonly checkpoint?: string | undefined;
}

/** The world and what the student begins with are told by their digests, not by where they lie. */
const IDENTITY_ROLES: IdentityRoles<WorldRequest> = {
  source: 'none',
  method: 'varied',
  seed: 'varied',
  epochs: 'result',
  batch: 'result',
  student: 'result',
  studentWeights: 'none',
  head: 'none',
  split: 'result',
  schedule: 'result',
  oracle: 'result',
  review: 'result',
  settings: 'result',
  train: 'result',
  holdOut: 'result',
  checkpoint: 'none',
};

/** What of a bench decides its course: checkpoints of another course are not gone on from. */
export function courseOfWorld(
  bench: WorldRequest,
  { epochs, batch }: Pick<ResolvedTraining, 'epochs' | 'batch'>,
): Partial<WorldRequest> {
  return settingsOfRoles({ ...bench, epochs, batch }, IDENTITY_ROLES, ['result', 'varied']);
}

/** What a bench may set of the optimiser. */
export type OptimiserSettings = Pick<Partial<TrainOptions>, 'momentum' | 'nesterov' | keyof FineTuning> &
  Omit<Partial<ResolvedTraining>, 'epochs' | 'batch' | 'schedule'>;

interface BenchPool {
  readonly count: number;
  /** Noise kind of each image. */
  readonly kinds: Uint8Array;
  /** Rows to learn from; null for all. */
  readonly kept: readonly number[] | null;
}

/** A bench's settings, with those that it leaves out decided as a project's are. */
export function planWorld(
  { method, settings, epochs, batch, schedule, train }: WorldRequest,
  { count, kinds, kept }: BenchPool,
  {
    teacher,
    ...student
  }: Pick<TrainingFacts, 'model' | 'isPretrained' | 'hasRandomHead'> & { readonly teacher: FrozenTeacher },
): ResolvedTraining {
  const asked = { method, accumulate: 1, settings: { [method]: settings }, epochs, batch, schedule, ...train };
  const isWhole = startsAsTeacher(METHODS[method], settings, { model: student.model, teacher });
  return trainingPlan(asked, { ...student, startsAsTeacher: isWhole, pool: countPool(count, kinds, kept) }).settings;
}

/** Of a bench's result, what was asked for and decided. */
export function describeWorldPlan(
  { method, oracle, settings, train: optimiser, seed }: WorldRequest,
  plan: ResolvedTraining,
) {
  return {
    method,
    ...(oracle && { oracle: true as const }),
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(Object.keys(optimiser).length > 0 && { train: optimiser }),
    seed,
    epochs: plan.epochs,
    batch: plan.batch,
    plan,
  };
}
