import { isWinnowError } from '@winnow/contracts';
import type { ProgressSink } from '@winnow/contracts';
import { freezeModel, predict, selectImages, train } from '@winnow/training';
import { createJobStudent, trainRequestOf } from './job-request';
import type { StudentJob } from './student-job';
import { trainingPart } from './training-part';

/** What a training will take, as measured on a few steps of it. */
export interface Rehearsal {
  /** Before the first step, of all images. */
  readonly prepareSeconds: number;
  readonly secondsPerStep: number;
}

/** Enough to measure on, the first not counted. */
const MAX_STEPS = 4;
const MAX_MILLIS = 20_000;
const WARM_UP_IMAGES = 4;

/**
 * Trains a student that is thrown away for a few steps, on a batch of the images: what the method prepares grows with their
 * number, and is scaled up. Nothing is written.
 * @returns null where no step could be measured
 * @throws WinnowError as train does; INTERRUPTED where the person stops it
 */
export async function rehearseTraining(job: StudentJob): Promise<Rehearsal | null> {
  const { io } = job.project;
  const { count } = job.pool.images;
  const taken = Math.min(count, job.plan.settings.batch);
  // Spread, as images of a class lie together.
  const rows = Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
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
  const model = createJobStudent(job);
  let startMillis = 0;
  try {
    // What first passes prepare does not grow with the images.
    const some = selectImages(job.pool.images, rows.slice(0, WARM_UP_IMAGES));
    const networks = [freezeModel(model, job.input), ...(job.teacher === null ? [] : [job.teacher.frozen])];
    for (const network of networks) await predict(network, some, { signal: io.signal });
    startMillis = performance.now();
    const request = trainRequestOf(job, model, trainingPart(job, rows));
    const { settings = {} } = request.options;
    const options = {
      ...request.options,
      // A batch is too few images to refine a teacher by.
      settings: settings['refine'] === undefined ? settings : { ...settings, refine: 'none' },
      epochs: Math.max(MAX_STEPS, request.options.epochs),
    };
    await train({ ...request, options, progress, signal: AbortSignal.any([io.signal, enough.signal]) });
  } catch (error) {
    if (!enough.signal.aborted || io.signal.aborted || !isWinnowError(error) || error.code !== 'INTERRUPTED')
      throw error;
  } finally {
    model.dispose();
  }
  const [first, last] = [updates[0], updates.at(-1)];
  if (preparedMillis === null || first === undefined || last === undefined) return null;
  const millisPerStep = updates.length > 1 ? (last - first) / (updates.length - 1) : first - preparedMillis;
  return {
    prepareSeconds: ((preparedMillis - startMillis) / 1000) * (count / taken),
    secondsPerStep: millisPerStep / 1000,
  };
}
