import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { InputSpec, JsonValue, RunSummary } from '@winnow/contracts';
import type { ProjectConfig } from '@winnow/config';
import { acquireLock, saveRun } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import type { Model } from '@winnow/models';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { gitState, openRun, writeFileAtomic } from '@winnow/runs';
import type { Run } from '@winnow/runs';
import type { EngineInfo } from '@winnow/tensor';
import {
  accuracy,
  agreement,
  freezeModel,
  METHODS,
  perClassAccuracy,
  predict,
  selectImages,
  suggestedWorkers,
  train,
} from '@winnow/training';
import type { AugmentOptions, TrainingData, TrainResult } from '@winnow/training';
import type { ImageSet, ImageSource } from '@winnow/contracts';
import { holdOut } from './hold-out';
import type { BuildImages } from './load-build-images';
import type { LoadedTeacher } from './load-teacher';
import { requireModelName } from './require-model-name';
import type { OpenProject } from './open-project';
import { selectSplitRows, toPoolSplit } from './split-pool';
import type { PoolSplitResult } from './split-pool';
import { version } from '../package.json';

/** Everything a run needs; the test set is for measuring and goes to no method. */
export interface StudentJob {
  readonly project: OpenProject;
  readonly build: BuildRecord;
  readonly pool: BuildImages;
  readonly teacher: LoadedTeacher;
  readonly split: PoolSplitResult;
  /** Null: agreement with the teacher on a held-out part of the pool is measured instead. */
  readonly test: ImageSet | null;
  readonly engine: EngineInfo;
}

export interface StudentResult {
  readonly run: Run;
  readonly summary: RunSummary;
  /** The run was finished earlier. */
  readonly reused: boolean;
}

/** Weights of a finished run, within its folder. */
export const STUDENT_FILE = 'student.safetensors';
/** A killed run repeats at most this many steps. */
const CHECKPOINT_EVERY_STEPS = 50;
/** Evaluations during a run, at most: enough for a curve. */
const CURVE_POINTS = 10;

/**
 * Trains the project's student, takes an interrupted run up where it stopped, and does nothing for a finished one.
 * @throws WinnowError as train does; INTERRUPTED
 */
export async function trainStudent(job: StudentJob): Promise<StudentResult> {
  const { runs } = job.project.config.paths;
  await mkdir(runs, { recursive: true });
  // One run at a time in a project's folder: with a Postgres server, commands side by side are allowed.
  const release = await acquireLock(path.join(runs, 'train.lock'), 'winnow train').catch((error: unknown) => {
    if (!isWinnowError(error) || error.code !== 'DATABASE_BUSY') throw error;
    throw new WinnowError('DATABASE_BUSY', 'Another command trains in this project', {
      where: runs,
      next: 'Wait for it to end, or work in a folder of its own.',
      cause: error,
    });
  });
  try {
    return await trainLocked(job);
  } finally {
    await release();
  }
}

async function trainLocked(job: StudentJob): Promise<StudentResult> {
  const run = await openStudentRun(job);
  if (run.status !== 'finished' || run.summary === null) await learn(job, run);
  const summary = run.summary as RunSummary;
  const { config } = job.project;
  await saveRun(job.project.db, {
    identity: run.identity,
    folder: path.basename(run.folder),
    project: config.name,
    buildId: job.build.id,
    splitId: job.split.record.id,
    method: config.train.method,
    model: config.student.model,
    seed: config.train.seed,
    summary,
  });
  return { run, summary, reused: run.status === 'finished' };
}

async function openStudentRun({ project, build, pool, teacher, split, test, engine }: StudentJob): Promise<Run> {
  const { config } = project;
  const startedAt = new Date().toISOString();
  return openRun(config.paths.runs, {
    name: { date: startedAt, project: config.name, method: config.train.method, seed: config.train.seed },
    // Only what decides the result: an identity of everything would not recognise a finished run.
    config: {
      student: config.student.model,
      train: courseOf(config.train),
      ...(pool.images.store.kind === 'encoded' ? { pixels: 'encoded' } : {}),
      split: split.record.id,
      classes: config.classes.map(({ name }) => name),
      test: test === null ? null : digestImages(test),
      engine: engine.name,
    },
    manifest: {
      startedAt,
      versions: { winnow: version, node: process.version, engine: `${engine.name} ${engine.version}` },
      git: await gitState(config.paths.root),
      buildDigest: build.digest,
      teacherDigest: teacher.digest,
      engine: engine.name,
      device: engine.device,
      seeds: { batches: config.train.seed, weights: config.train.seed },
    },
  });
}

async function learn(job: StudentJob, run: Run): Promise<void> {
  const { config } = job.project;
  const classes = config.classes.map(({ name }) => name);
  const model = createStudent(config.student.model, classes.length, config.train.seed);
  const parts = job.test === null ? holdOut(job.pool.images.count) : null;
  const held: ImageSource | null = parts === null ? null : selectImages(job.pool.images, parts.heldOut);
  try {
    const trained = await trainModel(job, { run, model, data: trainingPart(job, parts?.kept ?? null) });
    await writeFileAtomic(
      path.join(run.folder, STUDENT_FILE),
      saveWeights(model, weightsMetadata({ model: config.student.model, classes, input: job.teacher.input })),
    );
    const measured =
      job.test === null
        ? await measureAgreement(job, model, held as ImageSource)
        : await measureOnTest(job, model, job.test);
    const { split } = job;
    await run.finish({
      method: config.train.method,
      model: config.student.model,
      seed: config.train.seed,
      epochs: config.train.epochs,
      ...measured,
      parameters: model.parameterCount,
      imagesSeen: trained.imagesSeen,
      seconds: run.metrics.reduce((sum, { seconds }) => sum + seconds, 0),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      engine: job.engine.name,
      notes: [
        `Split ${split.record.method}: ${split.counts.clean} clean, ${split.counts.closed} closed, ${split.counts.open} open.`,
        ...(job.test === null
          ? ['No test set: agreement with the teacher was measured on a held-out part of the pool.']
          : []),
        ...trained.notes,
      ],
    });
  } finally {
    model.dispose();
  }
}

function trainModel(
  { project, teacher, test }: StudentJob,
  { run, model, data }: { readonly run: Run; readonly model: Model; readonly data: TrainingData },
): Promise<TrainResult> {
  const { method, schedule, workers, pixelMemoryBytes: _limit, size: _size, ...settings } = project.config.train;
  const augment = settings.augment as AugmentOptions;
  return train({
    method: METHODS[method],
    data,
    teacher: teacher.frozen,
    student: { model, input: teacher.input },
    options: {
      ...settings,
      augment,
      schedule: { name: schedule },
      checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
      evaluateEvery: test === null ? 0 : Math.ceil(settings.epochs / CURVE_POINTS),
    },
    ...(test === null ? {} : { evaluate: (student: Model) => measureAccuracy(student, teacher.input, test) }),
    checkpoint: {
      load: async () => (await run.latestCheckpoint())?.bytes ?? null,
      save: (bytes, position) => run.saveCheckpoint(bytes, position),
    },
    onEpoch: (metrics) => run.appendMetrics(metrics),
    progress: project.io.progress,
    signal: project.io.signal,
    workers: workers === 'auto' ? suggestedWorkers({ method, augment, images: data.images }) : workers,
  });
}

/** Settings that decide the result: where pixels are kept and who draws them does not. */
function courseOf({ workers: _workers, pixelMemoryBytes: _limit, ...course }: ProjectConfig['train']): JsonValue {
  return course as unknown as JsonValue;
}

type Measures = Pick<RunSummary, 'accuracy' | 'agreement' | 'teacherAccuracy' | 'perClassAccuracy'>;

async function measureOnTest({ teacher }: StudentJob, model: Model, test: ImageSet): Promise<Measures> {
  const scores = await predict(freezeModel(model, teacher.input), test);
  const teacherScores = await predict(teacher.frozen, test);
  return {
    accuracy: accuracy(scores, test.labels),
    agreement: agreement(scores, teacherScores),
    teacherAccuracy: accuracy(teacherScores, test.labels),
    perClassAccuracy: perClassAccuracy(scores, test.labels, test.classes),
  };
}

async function measureAgreement({ teacher }: StudentJob, model: Model, held: ImageSource): Promise<Measures> {
  const scores = await predict(freezeModel(model, teacher.input), held);
  const shared = agreement(scores, await predict(teacher.frozen, held));
  return { accuracy: null, agreement: held.count === 0 ? null : shared, teacherAccuracy: null, perClassAccuracy: null };
}

/** The curve of a run shows these pictures' accuracy: others make another run. */
function digestImages({ pixels, labels }: ImageSet): string {
  return createHash('sha256').update(pixels).update(Int32Array.from(labels)).digest('hex');
}

function createStudent(name: string, classCount: number, seed: number): Model {
  const known = requireModelName(name, { code: 'CONFIG_INVALID', where: 'key student.model' });
  return createModel(known, { classCount, seed: `student/${seed}` });
}

function trainingPart({ pool, split }: StudentJob, kept: readonly number[] | null): TrainingData {
  const whole = toPoolSplit(split.split);
  if (kept === null) return { images: pool.images, split: whole };
  return { images: selectImages(pool.images, kept), split: toPoolSplit(selectSplitRows(split.split, kept)) };
}

async function measureAccuracy(student: Model, input: InputSpec, test: ImageSet): Promise<number> {
  return accuracy(await predict(freezeModel(student, input), test), test.labels);
}
