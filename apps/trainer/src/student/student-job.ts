import type { ImageSet, InputSpec, RunSummary, SplitSummary } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import type { Run } from '@winnow/runs';
import type { EngineInfo } from '@winnow/tensor';
import type { StudentStart } from '@winnow/training';
import type { OpenProject } from '../open-project';
import type { BuildImages } from '../data/load-build-images';
import type { PoolCorrections } from '../noise/corrections';
import type { PoolSplitResult } from '../noise/split-pool';
import type { LoadedTeacher } from '../teacher/load-teacher';
import type { TrainingPlan } from './plan/training-plan';

/** Everything a run needs; the test set is for measuring and goes to no method. */
export interface StudentJob {
  readonly project: OpenProject;
  readonly build: BuildRecord;
  readonly pool: BuildImages;
  /** Null where the project names none and the method needs none: there is no split then, as a teacher makes it. */
  readonly teacher: LoadedTeacher | null;
  /** Of the student: that of its weights, else the teacher's, where there is one. */
  readonly input: InputSpec;
  /** Pretrained weights that the student begins with; null: random ones. */
  readonly start: StudentStart | null;
  readonly split: PoolSplitResult | null;
  /** What a person decided, with a split or without. */
  readonly corrections: PoolCorrections;
  /** For the record only. */
  readonly splitSummary: SplitSummary | null;
  /** Null: agreement with the teacher on a held-out part of the pool is measured instead. */
  readonly test: ImageSet | null;
  readonly engine: EngineInfo;
  /** How it trains: decided once for the run and its record. */
  readonly plan: TrainingPlan;
}

/** What became of a job. */
export interface StudentResult {
  readonly run: Run;
  readonly summary: RunSummary;
  /** The run was finished earlier. */
  readonly reused: boolean;
}
