import type { Model, ModelName } from '@winnow/models';
import { fitLabelModel } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';
import { createStudent, METHODS, planRefinement, suggestedWorkers } from '@winnow/training';
import type { AugmentOptions, RefinementPlan, TrainingData, TrainRequest } from '@winnow/training';
import { requireModelName } from '../require-model-name';
import type { StudentJob } from './student-job';
import { estimateTrainingBytes } from './plan/training-memory';
import { holdOut } from './training-part';

/** The network of a job, before its first step. @throws WinnowError as createStudent */
export function createJobStudent({ project, teacher, start }: StudentJob): Model {
  const { train, student, classes } = project.config;
  return createStudent(METHODS[train.method], {
    model: requireModelName(student.model, { code: 'CONFIG_INVALID', where: 'key student.model' }),
    teacher: teacher?.frozen ?? null,
    classCount: classes.length,
    seed: train.seed,
    start: start ?? undefined,
  });
}

/** What a job asks of `train`, whatever becomes of its steps. */
export function trainRequestOf(
  { project, teacher, input, start, plan }: StudentJob,
  model: Model,
  data: TrainingData,
): Pick<TrainRequest, 'method' | 'data' | 'teacher' | 'student' | 'options' | 'workers' | 'signal'> {
  const { method, workers, pixelMemoryBytes: _limit, size: _size, settings: own, ...settings } = project.config.train;
  const { schedule, warmUp, ...resolved } = plan.settings;
  const augment = settings.augment as AugmentOptions;
  const chosen = METHODS[method];
  return {
    method: chosen,
    data,
    teacher: teacher?.frozen ?? null,
    student: { model, input, start: start ?? undefined },
    options: {
      ...settings,
      ...resolved,
      settings: own?.[method] ?? {},
      augment,
      schedule: { name: schedule, warmUp },
    },
    workers: workers === 'auto' ? suggestedWorkers({ method: chosen, augment, images: data.images }) : workers,
    signal: project.io.signal,
  };
}

/**
 * Tables of a float for each image and class that are held at once: logits of the teacher and of what learnt from it, by two
 * views each, mixed ones, targets and posteriors.
 */
const TABLES = 10;
/** The teacher's features, and those of a fold. */
const FEATURE_TABLES = 2;
const FLOAT_BYTES = 4;
/** Two copies of the teacher: values of each weight beyond those of one. */
const COPIES = 2;
/** Enough to measure a fit on. */
const MAX_FITTED = 1000;

/** How a job's teacher is refined before the first step; null where it is not. @throws WinnowError as planRefinement */
export function refinementOf({
  project,
  teacher,
  pool,
  test,
  plan,
}: Pick<StudentJob, 'project' | 'teacher' | 'pool' | 'test' | 'plan'>): RefinementPlan | null {
  const { method, settings } = project.config.train;
  const asked = METHODS[method].refinementOf?.(settings?.[method] ?? {});
  if (asked === undefined || !teacher) return null;
  const { count } = pool.images;
  const { epochs, batch } = plan.settings;
  const learnt = test === null ? holdOut(count).kept.length : count;
  return planRefinement(asked, { teacher: teacher.frozen, count: learnt, epochs, batch });
}

/** Most memory that refining will hold, bytes: an estimate, as that of training. */
export function estimateRefinementBytes({ teacher, pool, plan }: StudentJob, refinement: RefinementPlan): number {
  const { classCount, featureDim, input, weights } = (teacher as NonNullable<StudentJob['teacher']>).frozen;
  const { count, store } = pool.images;
  const tables = FLOAT_BYTES * count * (TABLES * classCount + FEATURE_TABLES * featureDim);
  const imageBytes = store.kind === 'memory' ? store.pixels.byteLength : 0;
  if (refinement.depth === 'head' || weights === undefined) return tables + imageBytes;
  const load = { classCount, size: input.size, batch: plan.settings.batch, accumulate: 1, imageBytes };
  return tables + estimateTrainingBytes({ ...load, model: weights.model as ModelName, keptPerWeight: COPIES });
}

/** In words, for a person. */
export function describeRefinementPlan({ depth, epochs, steps }: RefinementPlan): string {
  const what =
    depth === 'head'
      ? 'its logits are corrected from its features'
      : `all weights of two copies, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} each, ${steps.toLocaleString('en-US')} steps of the teacher`;
  return `The teacher is refined first: ${what}.`;
}

/** Seconds that a label model takes to fit to a pool of a job's size, measured on few images that show nothing. */
export function timeLabelModel({ teacher, pool }: Pick<StudentJob, 'teacher' | 'pool'>): number {
  const { classCount, featureDim: dim } = (teacher as NonNullable<StudentJob['teacher']>).frozen;
  const count = Math.min(MAX_FITTED, pool.images.count);
  const random = new SeededRandom('label model');
  const noise = (width: number): Float32Array => Float32Array.from({ length: count * width }, () => random.normal());
  const labels = Int32Array.from({ length: count }, () => random.int(classCount));
  const features = dim === 0 ? null : { values: noise(dim), dim };
  const start = performance.now();
  fitLabelModel({ logits: noise(classCount), labels, classCount, features, seed: 1 });
  return ((performance.now() - start) / 1000) * (pool.images.count / count);
}
