import type { ImageSet, SplitSummary } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import type { EngineInfo } from '@winnow/tensor';
import type { OpenProject } from '../open-project';
import type { BuildImages } from '../pictures/load-build-images';
import type { PoolSplitResult } from '../split/split-pool';
import type { LoadedTeacher } from '../teacher/load-teacher';

/** Everything a run needs; the test set is for measuring and goes to no method. */
export interface StudentJob {
  readonly project: OpenProject;
  readonly build: BuildRecord;
  readonly pool: BuildImages;
  readonly teacher: LoadedTeacher;
  readonly split: PoolSplitResult;
  /** For the record only. */
  readonly splitSummary: SplitSummary;
  /** Null: agreement with the teacher on a held-out part of the pool is measured instead. */
  readonly test: ImageSet | null;
  readonly engine: EngineInfo;
}
