import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { compareText } from '@winnow/contracts';
import { listTrainings } from '@winnow/db';
import { findRunsAtWork, fractionOf, listRuns, readEvaluation } from '@winnow/runs';
import type { ProgressRecord, RunRecord } from '@winnow/runs';

/** A student's run as its folder tells of it. */
export interface ProjectRun {
  /** Name of the folder. */
  readonly name: string;
  /** Path of the folder. */
  readonly folder: string;
  readonly project: string;
  readonly method: string;
  /** Architecture; null where the run does not say. */
  readonly model: string | null;
  readonly seed: number;
  /** To be done; null where the run does not say. */
  readonly epochs: number | null;
  readonly epochsDone: number;
  readonly batch: number | null;
  readonly isFinished: boolean;
  /** How far a process is that trains it now; null where none does. */
  readonly progress: ProgressRecord | null;
  /** Of the data set that it learns from. */
  readonly buildDigest: string;
  /** ISO time. */
  readonly startedAt: string;
  /** On the test images of the project's last measured run, 0..1; null where it was not measured on these. */
  readonly accuracy: number | null;
  /** Share of images on which student and teacher agree: of those of `accuracy`, or of held-out ones where there was no test set. */
  readonly agreement: number | null;
  readonly isNewest: boolean;
  /** Has the highest accuracy; of equal ones the newest. */
  readonly isBest: boolean;
}

interface Measurement {
  readonly accuracy: number;
  /** Digest of the test images. */
  readonly testDigest: string;
}

/**
 * The runs in the project's folder, newest first; those of other projects that share it too, which are never newest or
 * best. Accuracies are only compared, and only shown, where they are of the same test images.
 * @throws WinnowError as listRuns
 */
export async function listProjectRuns({ name, paths }: ProjectConfig): Promise<readonly ProjectRun[]> {
  const records = await listRuns(paths.runs);
  const atWork = await findRunsAtWork(records, await listTrainings(paths.runs));
  const measured = await Promise.all(
    records.map(async (record) => ({ record, measurements: await measurementsOf(record) })),
  );
  measured.sort(
    ({ record: a }, { record: b }) =>
      compareText(b.manifest.startedAt, a.manifest.startedAt) || compareText(b.folder, a.folder),
  );
  const own = measured.filter(({ record }) => record.finished && record.manifest.project === name);
  const test = own.flatMap(({ measurements }) => measurements)[0]?.testDigest;
  const runs = measured.map(({ record, measurements }) => {
    const accuracy = measurements.find(({ testDigest }) => testDigest === test)?.accuracy ?? null;
    return describeRun(record, { accuracy, test });
  });
  const finished = runs.filter((run) => run.isFinished && run.project === name);
  const best = finished.reduce<ProjectRun | undefined>(
    (top, run) => (run.accuracy !== null && run.accuracy > (top?.accuracy ?? -1) ? run : top),
    undefined,
  );
  return runs.map((run) => ({
    ...run,
    progress: atWork.get(run.folder) ?? null,
    isNewest: run === finished[0],
    isBest: run === best,
  }));
}

/** What `winnow evaluate` measured last, then what the run itself did. */
async function measurementsOf({ folder, summary, config }: RunRecord): Promise<Measurement[]> {
  const { test } = config as { readonly test?: string | null };
  const evaluated = await readEvaluation(folder);
  const accuracy = fractionOf(summary?.accuracy);
  return [
    ...(evaluated === null ? [] : [evaluated]),
    ...(accuracy === null || typeof test !== 'string' ? [] : [{ accuracy, testDigest: test }]),
  ];
}

function describeRun(
  { folder, finished, manifest, config, metrics, summary }: RunRecord,
  { accuracy, test }: { readonly accuracy: number | null; readonly test: string | undefined },
): ProjectRun {
  const {
    student,
    train,
    test: ownTest,
  } = config as {
    readonly student?: string;
    readonly test?: string | null;
    readonly train?: { readonly epochs?: number; readonly batch?: number };
  };
  return {
    name: path.basename(folder),
    folder,
    project: manifest.project,
    method: manifest.method,
    model: summary?.model ?? (typeof student === 'string' ? student : null),
    seed: manifest.seed,
    epochs: train?.epochs ?? summary?.epochs ?? null,
    epochsDone: metrics.length,
    batch: train?.batch ?? null,
    isFinished: finished,
    progress: null,
    buildDigest: manifest.buildDigest,
    startedAt: manifest.startedAt,
    accuracy,
    // Measured with the run: of other test images it would be taken for one on these.
    agreement: ownTest === test || fractionOf(summary?.accuracy) === null ? fractionOf(summary?.agreement) : null,
    isNewest: false,
    isBest: false,
  };
}
