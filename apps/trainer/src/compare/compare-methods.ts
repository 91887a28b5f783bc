import { isNativeError } from 'node:util/types';
import { isWinnowError } from '@winnow/contracts';
import type { EpochMetrics, MethodName, RunSummary } from '@winnow/contracts';
import { loadPoolCorrections } from '../noise/corrections';
import type { PoolCorrections } from '../noise/corrections';
import type { OpenProject } from '../open-project';
import { askOnce, openTraining, prepareStudent } from '../student/prepare-training';
import type { TrainingInputs } from '../student/prepare-training';
import { stopsAll } from '../stops-all';
import { trainStudent } from '../student/train-student';
import type { StudentJob } from '../student/student-job';

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
  /** Its teacher has answered: it is disposed of. */
  readonly inputs: TrainingInputs;
  readonly corrections: PoolCorrections;
  readonly compared: readonly ComparedMethod[];
}

/**
 * Trains what is missing of methods x seeds, each method with its own split unless the project names one, and takes
 * finished runs as they are. All methods have the first seed before any has the next. A method that fails does not
 * keep the others from running.
 * @throws WinnowError INTERRUPTED, and where nothing can go on: no build or a damaged one, no teacher, corrections that
 *   cannot be read, no space, no database
 */
export async function compareMethods(project: OpenProject, comparison: Comparison): Promise<ComparedMethods> {
  const inputs = await openTraining(project);
  return compareWith(inputs, { project: inputs.project, comparison }).finally(() => inputs.teacher.dispose());
}

async function compareWith(
  inputs: TrainingInputs,
  { project, comparison }: { readonly project: OpenProject; readonly comparison: Comparison },
): Promise<ComparedMethods> {
  const { methods, seeds } = comparison;
  const corrections = await loadShared(project, inputs, methods);
  const entries = await prepareAll(project, inputs, methods);
  for (const seed of seeds) {
    for (const entry of entries) {
      if (entry.job === null) continue;
      project.io.log(`== ${entry.method}, seed ${seed}`);
      const { job } = entry;
      await keepFailure(entry, seed, async () => void entry.runs.push(await runOf(job, seed)));
    }
  }
  return {
    inputs,
    corrections,
    compared: entries.map(({ method, job, runs, failures }) => ({
      method,
      split: describeRecord(job?.split?.record),
      runs,
      failures,
    })),
  };
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

async function runOf(job: StudentJob, seed: number): Promise<ComparedRun> {
  const { run, summary, reused } = await trainStudent({ ...job, project: withTraining(job.project, { seed }) });
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
