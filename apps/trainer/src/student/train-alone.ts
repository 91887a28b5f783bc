import path from 'node:path';
import type { Holder } from '@winnow/db';
import { tryLock } from '../locks';
import { studentRunIdentity } from './open-student-run';
import type { StudentJob, StudentResult } from './student-job';
import { trainStudent } from './train-student';

/** A run that another process trains at the moment. */
export interface BusyRun {
  readonly file: string;
  /** Null: gone by now. */
  readonly holder: Holder | null;
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

interface Alone {
  /** Told once the lock is taken. */
  readonly onBegin?: () => void;
  readonly hold?: typeof tryLock;
}

/**
 * Trains a student under the lock of its run, unless another process does, or takes the run over: that happens to a
 * process that stood still for minutes, where several machines share the folder.
 * @throws WinnowError as trainStudent, and as tryLock
 */
export async function trainAlone(
  { job, file }: LockedJob,
  command: string,
  { onBegin, hold = tryLock }: Alone = {},
): Promise<StudentResult | BusyRun> {
  const { io } = job.project;
  const lost = new AbortController();
  const held = await hold(file, command, () => lost.abort());
  if (held.release === undefined) return { file, holder: held.holder };
  const signal = AbortSignal.any([io.signal, lost.signal]);
  try {
    onBegin?.();
    return await trainStudent({ ...job, project: { ...job.project, io: { ...io, signal } } });
  } catch (error) {
    if (!lost.signal.aborted || io.signal.aborted) throw error;
    return { file, holder: null };
  } finally {
    await held.release();
  }
}
