import path from 'node:path';
import { readFile, rm } from 'node:fs/promises';
import type { ImageSet, ImageSource, RunSummary } from '@winnow/contracts';
import { saveRun } from '@winnow/db';
import { saveWeights, weightsMetadata } from '@winnow/models';
import type { Model, ModelName } from '@winnow/models';
import { recordProgress } from '@winnow/runs';
import type { Run } from '@winnow/runs';
import { CHECKPOINT_EVERY_STEPS, accuracy, freezeModel, METHODS, predict, selectImages, train } from '@winnow/training';
import type { FrozenNetwork, Prediction, TrainResult } from '@winnow/training';
import { buildShape } from '../data/load-build-images';
import { peakMemoryBytes, resetPeakMemory } from '../resource-usage';
import { predictHeldOut, predictTest } from '../noise/kept-predictions';
import { checkWeights, STUDENT_FILE } from '../teacher/weights-file';
import { describeLearntSplit } from './describe-learnt-split';
import { createJobStudent, refinementOf, trainRequestOf } from './job-request';
import { keepTestAnswers } from './keep-test-answers';
import { measureAgreement, measureOnTest, measureProjector } from './measure-student';
import type { StudentMeasures } from './measure-student';
import { openStudentRun } from './open-student-run';
import type { StudentJob, StudentResult } from './student-job';
import { lengthOf, trainingBlock } from './plan/training-block';
import { lengthAdvice } from './plan/training-length';
import { heldOutOf, keptOutputsOf, trainingPart } from './training-part';
import { tellTime } from './plan/training-time';
import { describeFailure } from './plan/training-verdict';

/** Evaluations during a run, at most: enough for a curve. */
const CURVE_POINTS = 10;

/**
 * Trains the project's student, takes an interrupted run up where it stopped, and does nothing for a finished one. The
 * caller holds the lock of the run.
 * @throws WinnowError as train does; INTERRUPTED; DATA_CORRUPT for a finished run whose weights were changed since
 */
export async function trainStudent(job: StudentJob): Promise<StudentResult> {
  const run = await openStudentRun(job);
  if (run.status === 'finished') await checkFinished(run);
  if (run.status !== 'finished' || run.summary === null) await learn(job, run);
  const summary = run.summary as RunSummary;
  const { config, withDatabase } = job.project;
  await withDatabase((db) =>
    saveRun(db, {
      identity: run.identity,
      folder: path.basename(run.folder),
      project: config.name,
      buildId: job.build.id,
      splitId: job.split?.record.id ?? null,
      method: config.train.method,
      model: config.student.model,
      seed: config.train.seed,
      summary,
    }),
  );
  return { run, summary, reused: run.status === 'finished' };
}

/** A run whose weights were changed since must not pass for done. Those that are gone, `evaluate` tells. */
async function checkFinished(run: Run): Promise<void> {
  const file = path.join(run.folder, STUDENT_FILE);
  const bytes = await readFile(file).catch(() => null);
  if (bytes !== null) await checkWeights(file, bytes);
}

async function learn(job: StudentJob, run: Run): Promise<void> {
  await requireTeacherFor(job, run);
  resetPeakMemory();
  const earlierPeak = await peakOf(run);
  const { config } = job.project;
  const classes = config.classes.map(({ name }) => name);
  for (const line of trainingBlock(job)) job.project.io.log(line);
  const model = createJobStudent(job);
  const parts = heldOutOf(job);
  const held: ImageSource | null = parts === null ? null : selectImages(job.pool.images, parts.heldOut);
  try {
    // Before the first step: whoever takes the run up may lack the teacher.
    const teacherScores = await askAboutMeasured(job, held);
    const { resize } = buildShape(job.build, config.build);
    const trained = await trainModel(job, { run, model, kept: parts?.kept ?? null, earlierPeak });
    await run.writeWeights(
      STUDENT_FILE,
      saveWeights(model, weightsMetadata({ model: model.name, classes, input: job.input, resize })),
    );
    const measured = await measure(job, { model, held, teacherScores, folder: run.folder });
    const images = job.test ?? job.pool.images;
    const projector = await measureProjector(model, config.student.model as ModelName, {
      input: job.input,
      images,
      signal: job.project.io.signal,
    });
    const failure = describeFailure(measured, { classCount: classes.length, advice: lengthAdvice(lengthOf(job)) });
    await run.finish({
      method: config.train.method,
      model: config.student.model,
      seed: config.train.seed,
      epochs: job.plan.settings.epochs,
      ...measured,
      parameters: model.parameterCount,
      ...(projector === null ? {} : { projector }),
      imagesSeen: trained.imagesSeen,
      seconds: run.metrics.reduce((sum, { seconds }) => sum + seconds, trained.prepareSeconds),
      ...(job.splitSummary === null ? {} : { split: job.splitSummary }),
      readsSplit: METHODS[config.train.method].needsSplit,
      peakMemoryBytes: Math.max(earlierPeak, peakMemoryBytes()),
      engine: job.engine.name,
      notes: [
        ...(job.splitSummary === null ? [] : [describeLearntSplit(job.splitSummary, config.train.method)]),
        ...(job.test === null ? [untestedNote(job)] : []),
        ...trained.notes,
        ...(failure === null ? [] : [failure]),
      ],
    });
  } finally {
    model.dispose();
  }
}

/**
 * A run that has begun has in its checkpoint what its student took of the teacher.
 * @throws WinnowError FILE_NOT_FOUND for another one whose teacher is gone
 */
async function requireTeacherFor(job: StudentJob, run: Run): Promise<void> {
  const absence = job.teacher?.absence;
  if (absence === undefined) return;
  if ((await run.latestCheckpoint()) !== null && refinementOf(job) === null) return;
  if (run.status === 'new') await rm(run.folder, { recursive: true, force: true });
  throw absence;
}

function untestedNote({ teacher }: StudentJob): string {
  return teacher === null
    ? 'Neither a test set nor a teacher: nothing was measured.'
    : 'No test set: agreement with the teacher was measured on a held-out part of the pool.';
}

interface Training {
  readonly run: Run;
  readonly model: Model;
  /** Rows of the pool that it learns from; null: all. */
  readonly kept: readonly number[] | null;
  /** Most memory that earlier sittings of the run held, bytes. */
  readonly earlierPeak: number;
}

async function peakOf(run: Run): Promise<number> {
  const loop = (await run.latestCheckpoint())?.state.loop as { readonly peakMemoryBytes?: number } | undefined;
  return loop?.peakMemoryBytes ?? 0;
}

async function trainModel(job: StudentJob, { run, model, kept, earlierPeak }: Training): Promise<TrainResult> {
  const { io } = job.project;
  const { input, test, plan } = job;
  const request = trainRequestOf(job, model, trainingPart(job, kept));
  const recorded = recordProgress(tellTime(io.progress, io.log), run.folder);
  const { keptOutputs, seconds } = keptOutputsOf(job, kept, recorded.progress);
  const trained = await train({
    ...request,
    keptOutputs,
    options: {
      ...request.options,
      checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
      evaluateEvery: test === null ? 0 : Math.ceil(plan.settings.epochs / CURVE_POINTS),
    },
    ...(test === null
      ? {}
      : {
          evaluate: (student: Model) => measureAccuracy(freezeModel(student, input), test),
        }),
    checkpoint: {
      where: path.join(run.folder, 'checkpoints'),
      load: async () => (await run.latestCheckpoint())?.bytes ?? null,
      save: (bytes, position) => {
        const loop = { peakMemoryBytes: Math.max(earlierPeak, peakMemoryBytes()) };
        return run.saveCheckpoint(bytes, { ...position, loop });
      },
    },
    onEpoch: (metrics) => run.appendMetrics(metrics),
    progress: recorded.progress,
  }).finally(() => recorded.remove());
  return { ...trained, prepareSeconds: trained.prepareSeconds - seconds() };
}

interface Measured {
  readonly model: Model;
  readonly held: ImageSource | null;
  readonly teacherScores: Prediction | null;
  readonly folder: string;
}

async function measure(
  { project, teacher, input, test }: StudentJob,
  { model, held, teacherScores, folder }: Measured,
): Promise<StudentMeasures> {
  const student = freezeModel(model, input);
  const { signal } = project.io;
  if (test === null && teacher === null)
    return { accuracy: null, agreement: null, teacherAccuracy: null, perClassAccuracy: null };
  if (test === null) return measureAgreement(student, teacherScores, held as ImageSource, signal);
  const scores = await predict(student, test, { features: false, signal });
  await keepTestAnswers(folder, scores, test);
  return measureOnTest(scores, teacherScores, test);
}

/** What the teacher says of the images that the student is measured on; null where it is not asked. */
async function askAboutMeasured(
  { project, build, pool, teacher, test, engine }: StudentJob,
  held: ImageSource | null,
): Promise<Prediction | null> {
  if (teacher === null) return null;
  if (test !== null) return predictTest(project, { test, teacher, engine });
  return held === null || held.count === 0 ? null : predictHeldOut(project, build, { pool, held, teacher, engine });
}

/** Not to be stopped: the epoch that it ends is not in a checkpoint yet. */
async function measureAccuracy(student: FrozenNetwork, test: ImageSet): Promise<number> {
  return accuracy(await predict(student, test, { features: false }), test.labels);
}
