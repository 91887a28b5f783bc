import { isNativeError } from 'node:util/types';
import { isWinnowError } from '@winnow/contracts';
import type { EpochMetrics, MethodName, RunSummary } from '@winnow/contracts';
import { METHODS } from '@winnow/training';
import { loadPoolCorrections } from '../noise/corrections';
import type { PoolCorrections } from '../noise/corrections';
import { describeHolder, pause, prepareAlone } from '../locks';
import type { OpenProject } from '../open-project';
import { askOnce, openTraining, prepareStudent, prepareTraining } from '../student/prepare-training';
import type { TrainingInputs } from '../student/prepare-training';
import { stopsAll } from '../stops-all';
import { lockedJob, trainAlone } from '../student/train-alone';
import type { BusyRun, LockedJob } from '../student/train-alone';
import type { StudentJob, StudentResult } from '../student/student-job';

const COMMAND = 'winnow compare';

export interface Comparison {
  readonly methods: readonly MethodName[];
  readonly seeds: readonly number[];
}

/** One student of a comparison. */
interface ComparedRun {
  readonly seed: number;
  readonly folder: string;
  readonly identity: string;
  readonly reused: boolean;
  readonly summary: RunSummary;
  readonly metrics: readonly EpochMetrics[];
}

/** What one method reached. */
export interface ComparedMethod {
  readonly method: MethodName;
  /** Null where it came to none. */
  readonly split: { readonly id: string; readonly method: string } | null;
  /** In order of the seeds; failed ones are not there. */
  readonly runs: readonly ComparedRun[];
  /** Why the method, or a seed of it, did not come to an end. */
  readonly failures: readonly ComparisonFailure[];
}

interface ComparisonFailure {
  /** Null: the method could not start. */
  readonly seed: number | null;
  readonly reason: string;
}

/** A comparison, and what all of it was made of. */
export interface ComparedMethods {
  /** The teacher has answered: it is disposed of; null where no method wants one, and the project names none. */
  readonly inputs: Pick<StudentJob, 'project' | 'build' | 'engine' | 'teacher' | 'test' | 'start'>;
  readonly corrections: PoolCorrections;
  readonly compared: readonly ComparedMethod[];
}

/**
 * Trains what is missing of methods x seeds, each method with its own split unless the project names one, and takes
 * finished runs as they are. All methods have the first seed before any has the next. A method that fails does not
 * keep the others from running. Several processes may be at one comparison: each takes what no other one trains, and
 * waits for the rest at the end.
 * @throws WinnowError INTERRUPTED, and where nothing can go on: no build or a damaged one, no teacher, corrections that
 *   cannot be read, no space, no database
 */
export async function compareMethods(opened: OpenProject, comparison: Comparison): Promise<ComparedMethods> {
  const { inputs, corrections, entries } = await prepareAlone(opened, COMMAND, () => prepare(opened, comparison));
  try {
    await trainAll(entries, comparison.seeds, opened.io);
  } finally {
    inputs.teacher?.dispose();
  }
  return {
    inputs,
    corrections,
    compared: entries.map(({ method, job, runs, failures }) => ({
      method,
      split: describeRecord(job?.split?.record),
      runs: runs.sort((a, b) => a.seed - b.seed),
      failures,
    })),
  };
}

type Prepared = Pick<ComparedMethods, 'inputs' | 'corrections'> & { readonly entries: readonly Entry[] };

async function prepare(opened: OpenProject, { methods }: Comparison): Promise<Prepared> {
  if (opened.config.teacher === undefined && methods.every((name) => !METHODS[name].needsTeacher)) {
    return prepareUntaught(opened, methods);
  }
  const inputs = await openTraining(opened);
  const { project } = inputs;
  try {
    const corrections = await loadShared(project, inputs, methods);
    return { inputs, corrections, entries: await prepareAll(project, inputs, methods) };
  } catch (error) {
    inputs.teacher.dispose();
    throw error;
  }
}

async function prepareUntaught(opened: OpenProject, methods: readonly MethodName[]): Promise<Prepared> {
  const entries: Entry[] = [];
  for (const method of methods) {
    const job = await prepareTraining(withTraining(opened, { method }));
    entries.push({ method, job, runs: [], failures: [] });
  }
  const { job } = entries[0] as Entry & { readonly job: StudentJob };
  return { inputs: job, corrections: job.corrections, entries };
}

/** One student to be trained. */
interface Task extends LockedJob {
  readonly entry: Entry;
  readonly seed: number;
}

async function trainAll(entries: readonly Entry[], seeds: readonly number[], io: OpenProject['io']): Promise<void> {
  let tasks = seeds.flatMap((seed) =>
    entries.flatMap((entry): readonly Task[] => {
      const { job } = entry;
      if (job === null) return [];
      return [{ entry, seed, ...lockedJob({ ...job, project: withTraining(job.project, { seed }) }) }];
    }),
  );
  for (let isLogged = false; tasks.length > 0;) {
    const left: (Task & { readonly busy: BusyRun })[] = [];
    for (const task of tasks) {
      const result = await attempt(task, io);
      if (result !== null && !('run' in result)) left.push({ ...task, busy: result });
    }
    const [first] = left;
    if (first !== undefined && left.length === tasks.length) {
      if (!isLogged) io.log(describeWaiting(left.length, first.busy));
      isLogged = true;
      await pause(io.signal);
    }
    tasks = left;
  }
}

function describeWaiting(count: number, { holder, file }: BusyRun): string {
  const runs = count === 1 ? 'a run' : `${count} runs`;
  return `Waiting for ${runs} of these that other commands train: ${describeHolder(holder, file)}`;
}

/** @returns null where it failed, which is kept */
async function attempt(task: Task, io: OpenProject['io']): Promise<StudentResult | BusyRun | null> {
  const { entry, seed } = task;
  let result: StudentResult | BusyRun | null = null;
  await keepFailure(entry, seed, async () => {
    result = await trainAlone(task, COMMAND, () => io.log(`== ${entry.method}, seed ${seed}`));
    if ('run' in result) entry.runs.push(describeResult(result, seed));
  });
  return result;
}

function describeRecord(record: ComparedMethod['split'] | undefined): ComparedMethod['split'] {
  return record === undefined || record === null ? null : { id: record.id, method: record.method };
}

/** What fails here fails for every method: images and corrections are the project's. */
async function loadShared(
  project: OpenProject,
  { build, poolFor }: TrainingInputs,
  methods: readonly MethodName[],
): Promise<PoolCorrections> {
  const [first = project.config.train.method, ...others] = methods;
  const poolOf = (method: MethodName) => poolFor(withTraining(project, { method }).config.train);
  const pool = await poolOf(first);
  for (const method of others) await poolOf(method);
  return loadPoolCorrections(project, build, pool);
}

interface Entry {
  readonly method: MethodName;
  job: StudentJob | null;
  readonly runs: ComparedRun[];
  readonly failures: ComparisonFailure[];
}

/** All splits before the first run: the teacher's answers are asked for once, and not kept while students learn. */
async function prepareAll(
  project: OpenProject,
  inputs: TrainingInputs,
  methods: readonly MethodName[],
): Promise<readonly Entry[]> {
  const outputs = askOnce(inputs, project);
  const entries: Entry[] = methods.map((method) => ({ method, job: null, runs: [], failures: [] }));
  for (const entry of entries) {
    await keepFailure(entry, null, async () => {
      entry.job = await prepareStudent(withTraining(project, { method: entry.method }), inputs, { answers: outputs });
    });
  }
  return entries;
}

function describeResult({ run, summary, reused }: StudentResult, seed: number): ComparedRun {
  return { seed, folder: run.folder, identity: run.identity, reused, summary, metrics: run.metrics };
}

function withTraining(
  project: OpenProject,
  changes: { readonly method?: MethodName; readonly seed?: number },
): OpenProject {
  const { config } = project;
  return { ...project, config: { ...config, train: { ...config.train, ...changes } } };
}

async function keepFailure(entry: Entry, seed: number | null, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (stopsAll(error)) throw error;
    entry.failures.push({ seed, reason: reasonOf(error) });
  }
}

function reasonOf(error: unknown): string {
  if (isWinnowError(error)) return error.toLine();
  return isNativeError(error) ? error.message : String(error);
}
