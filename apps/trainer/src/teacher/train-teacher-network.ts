import path from 'node:path';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { firstRepeat, WinnowError } from '@winnow/contracts';
import type { CommandIo, ImageSet, InputSpec, SquarePolicy } from '@winnow/contracts';
import { fileError } from '@winnow/files';
import { createModel, loadWeights, readWeightsMetadata, saveWeights, weightsMetadata } from '@winnow/models';
import type { ModelName } from '@winnow/models';
import { readLatestCheckpoint, saveCheckpointFiles } from '@winnow/runs';
import type { EngineChoice } from '@winnow/tensor';
import { CHECKPOINT_EVERY_STEPS, accuracy, freezeModel, METHODS, predict, train } from '@winnow/training';
import { digestImages } from '../data/image-sets';
import { listClassNames, loadLabelledImages } from '../data/load-labelled-images';
import { holdLock } from '../locks';
import { requireModelName } from '../require-model-name';
import { startTensorEngine } from '../start-tensor-engine';
import { checkWeights, writeWeights } from './weights-file';

/** Files of that name in the singular are of earlier versions. */
const CHECKPOINTS = /^[0-9a-f]{12}\.checkpoints?$/;
const MIN_CLASSES = 2;
/** Entry of the header: which job wrote the weights. */
const JOB_ENTRY = 'job';

export interface TeacherJob {
  /** Folder per class, or tar. */
  readonly images: string;
  /** Weights file to write. */
  readonly out: string;
  /** Replaces what is there. */
  readonly force: boolean;
  readonly model: string;
  readonly classes: readonly string[] | undefined;
  readonly test: string | undefined;
  /** Side of the input, pixels. */
  readonly size: number;
  /** How images become square. */
  readonly resize: SquarePolicy;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly engine: EngineChoice;
}

export interface TrainedTeacher {
  readonly out: string;
  readonly model: string;
  readonly classes: readonly string[];
  /** On the test images after the last epoch, 0..1; null without. */
  readonly accuracy: number | null;
  readonly images: number;
  /** Of training, in every sitting; null where the weights were there, from the same job. */
  readonly seconds: number | null;
  readonly engine: string;
}

/**
 * Trains on right labels by cross-entropy and writes safetensors with class list and normalisation in the header.
 * Stopped, it leaves checkpoints in a folder beside the weights to be, and the same job goes on from there; once it has
 * written them, it measures them again.
 * @throws WinnowError USAGE where the weights would replace others unasked; DATABASE_BUSY where another command trains
 *   them; FORMAT_INVALID for fewer than two classes; as train
 */
export async function trainTeacherNetwork(job: TeacherJob, io: CommandIo): Promise<TrainedTeacher> {
  const name = requireModelName(job.model, { code: 'USAGE', where: '--model' });
  await makeFolderOf(job.out);
  // Another one would remove its checkpoints.
  const release = await holdLock(`${job.out}.lock`, 'winnow teacher train', {
    what: 'Another command trains a teacher of this name',
    otherwise: 'name another file with --out',
  });
  try {
    return await trainAlone({ ...job, name, earlier: await readEarlier(job) }, io);
  } finally {
    await release();
  }
}

interface RunningJob extends TeacherJob {
  readonly name: ModelName;
  readonly earlier: EarlierWeights | null;
}

async function trainAlone(job: RunningJob, io: CommandIo): Promise<TrainedTeacher> {
  const { name, earlier, size, resize, epochs, batch, seed, learningRate } = job;
  const engine = await startTensorEngine(job.engine, io);
  const classes = requireClasses(job.classes ?? (await listClassNames(job.images)), job.images);
  const load = (folder: string) => loadLabelledImages(folder, classes, { size, resize, signal: io.signal });
  const images = await load(job.images);
  const test = job.test === undefined ? null : await load(job.test);
  const input = measureInput(images);
  const digest = digestJob(job, [name, classes, digestImages(images), engine.name, METHODS.ce.revision]);
  if (earlier !== null && earlier.job !== digest) throw weightsInTheWay(job.out);
  const model = createModel(name, { classCount: classes.length, seed: `teacher/${seed}` });
  const trained = async (seconds: number | null): Promise<TrainedTeacher> => {
    const frozen = freezeModel(model, input);
    const scores = test === null ? null : await predict(frozen, test, { features: false, signal: io.signal });
    return {
      out: job.out,
      model: name,
      classes,
      accuracy: scores === null || test === null ? null : accuracy(scores, test.labels),
      images: images.count,
      seconds,
      engine: engine.name,
    };
  };
  if (earlier !== null) {
    try {
      await checkWeights(job.out, earlier.bytes);
      loadWeights(model, earlier.bytes, { where: job.out });
      // The kill may have come before their digest was there.
      await writeWeights(job.out, earlier.bytes);
      await removeCheckpoints(job.out);
      return await trained(null);
    } finally {
      model.dispose();
    }
  }
  const kept = `${job.out}.${digest.slice(0, 12)}.checkpoints`;
  const latest = await readLatestCheckpoint(kept);
  const earlierSeconds = (latest?.state.loop as { readonly seconds?: number } | undefined)?.seconds ?? 0;
  const startedAt = performance.now();
  const secondsSoFar = (): number => earlierSeconds + (performance.now() - startedAt) / 1000;
  try {
    await train({
      method: METHODS.ce,
      data: { images, split: null },
      teacher: null,
      student: { model, input },
      options: {
        epochs,
        batch,
        seed,
        learningRate,
        schedule: { name: 'cosine' },
        checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
      },
      checkpoint: {
        where: kept,
        load: async () => latest?.bytes ?? null,
        save: (bytes, location) =>
          saveCheckpointFiles(kept, { bytes, state: { ...location, loop: { seconds: secondsSoFar() } } }),
      },
      onEpoch: ({ epoch, loss }) => io.log(`epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}`),
      progress: io.progress,
      signal: io.signal,
    });
    const result = await trained(secondsSoFar());
    const about = { ...weightsMetadata({ model: name, classes, input, resize }), [JOB_ENTRY]: digest };
    await writeWeights(job.out, saveWeights(model, about));
    await removeCheckpoints(job.out);
    return result;
  } finally {
    model.dispose();
  }
}

/** Of this job and no other: with other images or settings it would have another digest. */
function digestJob({ size, resize, epochs, batch, seed, learningRate }: TeacherJob, more: unknown[]): string {
  const job = JSON.stringify([size, resize, epochs, batch, seed, learningRate, ...more]);
  return createHash('sha256').update(job).digest('hex');
}

/** Also those of other settings: the weights are there. */
async function removeCheckpoints(out: string): Promise<void> {
  const [folder, start] = [path.dirname(out), `${path.basename(out)}.`];
  for (const name of await readdir(folder)) {
    const isOne = name.startsWith(start) && CHECKPOINTS.test(name.slice(start.length));
    if (isOne) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** A network of one class says the same of every image, and no project can use it. */
function requireClasses(classes: readonly string[], where: string): readonly string[] {
  const repeated = firstRepeat(classes);
  if (repeated !== undefined) {
    throw new WinnowError('USAGE', `The class ${repeated} is named twice`, {
      where: '--classes',
      next: 'Name every class once.',
    });
  }
  if (classes.length >= MIN_CLASSES) return classes;
  const found = classes.length === 0 ? 'There is no class to learn' : `There is only one class to learn, ${classes[0]}`;
  throw new WinnowError('FORMAT_INVALID', found, {
    where,
    next: 'Name a folder that holds a folder of images for each of two classes or more.',
  });
}

/** Weights that this command wrote. */
interface EarlierWeights {
  readonly bytes: Uint8Array;
  /** As digestJob. */
  readonly job: string;
}

/**
 * Looks at what is where the weights are to be, before hours are spent on what cannot be written.
 * @returns weights that may be those of the same job, which was killed after it wrote them; null where nothing is in the way
 * @throws WinnowError USAGE for anything else
 */
async function readEarlier({ out, force }: TeacherJob): Promise<EarlierWeights | null> {
  const there = await stat(out).catch(() => undefined);
  if (there?.isDirectory()) {
    throw new WinnowError('USAGE', 'The weights are to be a file, and a folder is there', {
      where: out,
      next: 'Name a file with --out.',
    });
  }
  if (there === undefined || force) return null;
  try {
    const bytes = await readFile(out);
    const job = readWeightsMetadata(bytes, out).raw[JOB_ENTRY];
    if (job !== undefined) return { bytes, job };
  } catch {
    // Of another kind, then.
  }
  throw weightsInTheWay(out);
}

function weightsInTheWay(out: string): WinnowError {
  return new WinnowError('USAGE', 'There are weights already', {
    where: out,
    next: 'Name another file with --out, or replace it with --force.',
  });
}

async function makeFolderOf(out: string): Promise<void> {
  const folder = path.dirname(out);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
}

/** Images of one colour have no deviation, and nothing can be divided by none. */
const MIN_STD = 0.001;

/** Mean and standard deviation of each channel over all pixels, three digits: the normalisation that comes with the weights. */
export function measureInput({ pixels, size }: Pick<ImageSet, 'pixels' | 'size'>): InputSpec {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  pixels.forEach((value, index) => {
    const channel = index % 3;
    sums[channel] = (sums[channel] as number) + value / 255;
    squares[channel] = (squares[channel] as number) + (value / 255) ** 2;
  });
  const count = pixels.length / 3;
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  const mean = sums.map((sum) => rounded(sum / count)) as [number, number, number];
  const std = squares.map((square, channel) => {
    // Rounding can take the variance of a constant channel below zero.
    const variance = Math.max(0, square / count - ((sums[channel] as number) / count) ** 2);
    return Math.max(MIN_STD, rounded(Math.sqrt(variance)));
  }) as [number, number, number];
  return { size, range: [0, 1], mean, std };
}
