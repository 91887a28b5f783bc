import path from 'node:path';
import type { Holder } from '@winnow/db';
import { tryLock } from '../locks';
import { studentRunIdentity } from './open-student-run';
import type { StudentJob, StudentResult } from './student-job';
import { trainStudent } from './train-student';

/** A run that another process trains at the moment. */
export interface BusyRun {
  readonly file: string;
  readonly holder: Holder;
}

/** A student to be trained, and the lock of its run. */
export interface LockedJob {
  readonly job: StudentJob;
  readonly file: string;
}

/** The lock of a job's run: it lies beside the folders of runs, so whoever can write these sees it. */
export function lockedJob(job: StudentJob): LockedJob {
  return { job, file: path.join(job.project.config.paths.runs, `run-${studentRunIdentity(job).slice(0, 24)}.lock`) };
}

/**
 * Trains a student under the lock of its run, unless another process does.
 * @param onBegin told once the lock is taken
 * @throws WinnowError as trainStudent, and as tryLock
 */
export async function trainAlone(
  { job, file }: LockedJob,
  command: string,
  onBegin: () => void = () => undefined,
): Promise<StudentResult | BusyRun> {
  const { release, holder } = await tryLock(file, command);
  if (release === undefined) return { file, holder };
  onBegin();
  return trainStudent(job).finally(release);
}
