import { isWinnowError } from '@winnow/contracts';
import type { ProgressSink } from '@winnow/contracts';
import { freezeModel, predict, rehearseRefinement, selectImages, train } from '@winnow/training';
import type { RefinementPlan } from '@winnow/training';
import { createJobStudent, refinementOf, timeLabelModel, trainRequestOf } from './job-request';
import type { StudentJob } from './student-job';
import { knownOutputsOf, trainingPart } from './training-part';

/** What a training will take, as measured on a few steps of it. */
export interface Rehearsal {
  /** Before the first step, of all images; without refining the teacher. */
  readonly prepareSeconds: number;
  readonly secondsPerStep: number;
  /** Of the teacher, before that; null where it stays as it is. Seconds are null where no step of it could be measured. */
  readonly refinement: (RefinementPlan & { readonly seconds: number | null }) | null;
}

/** Enough to measure on, the first not counted. */
const MAX_STEPS = 4;
const MAX_MILLIS = 20_000;
const WARM_UP_IMAGES = 4;

/**
 * Trains a student that is thrown away for a few steps, on a batch of the images, and a copy of the teacher, where it is
 * refined: what the method prepares grows with their number, and is scaled up. Nothing is written.
 * @returns null where no step could be measured
 * @throws WinnowError as train does; INTERRUPTED where the person stops it
 */
export async function rehearseTraining(job: StudentJob): Promise<Rehearsal | null> {
  const { io } = job.project;
  const { count } = job.pool.images;
  const taken = Math.min(count, job.plan.settings.batch);
  // Spread, as images of a class lie together.
  const rows = Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
  const model = createJobStudent(job);
  try {
    // What first passes prepare does not grow with the images.
    const some = selectImages(job.pool.images, rows.slice(0, WARM_UP_IMAGES));
    const networks = [freezeModel(model, job.input), ...(job.teacher === null ? [] : [job.teacher.frozen])];
    for (const network of networks) await predict(network, some, { signal: io.signal });
    const request = trainRequestOf(job, model, trainingPart(job, rows));
    const { settings = {} } = request.options;
    const options = {
      ...request.options,
      // A batch is too few images to refine a teacher by.
      settings: settings['refine'] === undefined ? settings : { ...settings, refine: 'none' },
      epochs: Math.max(MAX_STEPS, request.options.epochs),
    };
    const keptOutputs = await knownOutputsOf(job, rows);
    const times = await timeSteps(io.signal, (hooks) => train({ ...request, options, keptOutputs, ...hooks }));
    if (times === null) return null;
    return {
      prepareSeconds: times.prepareSeconds * (count / taken),
      secondsPerStep: times.secondsPerStep,
      refinement: await rehearseRefined(job, rows),
    };
  } finally {
    model.dispose();
  }
}

/** Steps of a copy of the teacher, what it is asked beyond what every run asks, and label models. */
async function rehearseRefined(job: StudentJob, rows: readonly number[]): Promise<Rehearsal['refinement']> {
  const { teacher, pool, plan, project } = job;
  const refinement = refinementOf(job);
  if (refinement === null || teacher === null) return null;
  const { signal } = project.io;
  const images = selectImages(pool.images, rows);
  const { batch } = plan.settings;
  const times =
    refinement.depth === 'head'
      ? null
      : await timeSteps(signal, (hooks) =>
          rehearseRefinement({ ...{ teacher: teacher.frozen, images, batch, epochs: MAX_STEPS }, ...hooks }),
        );
  const start = performance.now();
  if (refinement.requested > 0) await predict(teacher.frozen, images, { features: false, signal });
  const requestedSeconds = ((performance.now() - start) / 1000) * (pool.images.count / rows.length);
  const measured = { secondsPerStep: times?.secondsPerStep ?? null, requestedSeconds, fitSeconds: timeLabelModel(job) };
  return { ...refinement, seconds: refiningSeconds(refinement, measured) };
}

/** Seconds that a refinement takes; null where it has steps and none could be measured. */
export function refiningSeconds(
  { steps, requested, fits }: Pick<RefinementPlan, 'steps' | 'requested' | 'fits'>,
  {
    secondsPerStep,
    requestedSeconds,
    fitSeconds,
  }: { readonly secondsPerStep: number | null; readonly requestedSeconds: number; readonly fitSeconds: number },
): number | null {
  if (steps > 0 && secondsPerStep === null) return null;
  return steps * (secondsPerStep ?? 0) + requested * requestedSeconds + fits * fitSeconds;
}

interface StepTimes {
  readonly prepareSeconds: number;
  readonly secondsPerStep: number;
}

/** Stops a training after a few steps. @returns null where there was none */
async function timeSteps(
  signal: AbortSignal,
  work: (hooks: { readonly progress: ProgressSink; readonly signal: AbortSignal }) => Promise<unknown>,
): Promise<StepTimes | null> {
  const enough = new AbortController();
  const updates: number[] = [];
  let preparedMillis: number | null = null;
  const progress: ProgressSink = {
    start({ unit }) {
      if (unit === 'steps') preparedMillis = performance.now();
      return {
        update() {
          if (preparedMillis === null) return;
          updates.push(performance.now());
          if (updates.length >= MAX_STEPS || performance.now() - preparedMillis > MAX_MILLIS) enough.abort();
        },
        end: () => undefined,
      };
    },
  };
  const startMillis = performance.now();
  try {
    await work({ progress, signal: AbortSignal.any([signal, enough.signal]) });
  } catch (error) {
    if (!enough.signal.aborted || signal.aborted || !isWinnowError(error) || error.code !== 'INTERRUPTED') throw error;
  }
  const [first, last] = [updates[0], updates.at(-1)];
  if (preparedMillis === null || first === undefined || last === undefined) return null;
  const millisPerStep = updates.length > 1 ? (last - first) / (updates.length - 1) : first - preparedMillis;
  return { prepareSeconds: (preparedMillis - startMillis) / 1000, secondsPerStep: millisPerStep / 1000 };
}
