import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { firstRepeat, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { createModel, type ModelName, saveWeights, weightsMetadata } from '@winnow/models';
import { fileError, readLatestCheckpoint, saveCheckpointFiles } from '@winnow/runs';
import type { EngineChoice } from '@winnow/tensor';
import { accuracy, freezeModel, METHODS, predict, train } from '@winnow/training';
import { digestImages } from '../pictures/digest-images';
import { listClassNames, loadLabelledPictures } from '../pictures/load-labelled-pictures';
import { holdLock } from '../hold-lock';
import { requireModelName } from '../require-model-name';
import type { SquarePolicy } from '../pictures/square-as-learnt';
import { startTensorEngine } from '../start-tensor-engine';
import { CHECKPOINT_EVERY_STEPS } from '../checkpoint-every-steps';
import { measureInput } from './measure-input';
import { writeWeights } from './weights-digest';

/** Files of that name in the singular are of earlier versions. */
const CHECKPOINTS = /^[0-9a-f]{12}\.checkpoints?$/;
const LEAST_CLASSES = 2;

export interface TeacherJob {
  /** Folder per class, or tar. */
  readonly pictures: string;
  /** Weights file to write. */
  readonly out: string;
  /** Replaces what is there. */
  readonly force: boolean;
  readonly model: string;
  readonly classes: readonly string[] | undefined;
  readonly test: string | undefined;
  /** Side of the input, pixels. */
  readonly size: number;
  /** How pictures become square. */
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
  /** On the test pictures after the last epoch, 0..1; null without. */
  readonly accuracy: number | null;
  readonly pictures: number;
  /** Of training, in every sitting. */
  readonly seconds: number;
  readonly engine: string;
}

/**
 * Trains on right labels by cross-entropy and writes safetensors with class list and normalisation in the header.
 * Stopped, it leaves checkpoints in a folder beside the weights to be, and the same job goes on from there.
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
    await requireFree(job);
    return await trainAlone(job, name, io);
  } finally {
    await release();
  }
}

async function trainAlone(job: TeacherJob, name: ModelName, io: CommandIo): Promise<TrainedTeacher> {
  const { size, resize, epochs, batch, seed, learningRate } = job;
  const engine = await startTensorEngine(job.engine, io);
  const classes = requireClasses(job.classes ?? (await listClassNames(job.pictures)), job.pictures);
  const load = (pictures: string) => loadLabelledPictures(pictures, classes, { size, resize, signal: io.signal });
  const images = await load(job.pictures);
  const test = job.test === undefined ? null : await load(job.test);
  const input = measureInput(images);
  const model = createModel(name, { classCount: classes.length, seed: `teacher/${seed}` });
  const kept = checkpointFolder(job, [name, classes, digestImages(images), engine.name, METHODS.ce.revision]);
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
        save: (bytes, place) =>
          saveCheckpointFiles(kept, { bytes, state: { ...place, loop: { seconds: secondsSoFar() } } }),
      },
      onEpoch: ({ epoch, loss }) => io.log(`epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}`),
      progress: io.progress,
      signal: io.signal,
    });
    const seconds = secondsSoFar();
    const scores =
      test === null ? null : await predict(freezeModel(model, input), test, { features: false, signal: io.signal });
    await writeWeights(job.out, saveWeights(model, weightsMetadata({ model: name, classes, input, resize })));
    await removeCheckpoints(job.out);
    return {
      out: job.out,
      model: name,
      classes,
      accuracy: scores === null || test === null ? null : accuracy(scores, test.labels),
      pictures: images.count,
      seconds,
      engine: engine.name,
    };
  } finally {
    model.dispose();
  }
}

/** Of this job and no other: with other pictures or settings it would have another name. */
function checkpointFolder(
  { out, size, resize, epochs, batch, seed, learningRate }: TeacherJob,
  more: unknown[],
): string {
  const job = JSON.stringify([size, resize, epochs, batch, seed, learningRate, ...more]);
  return `${out}.${createHash('sha256').update(job).digest('hex').slice(0, 12)}.checkpoints`;
}

/** Also those of other settings: the weights are there. */
async function removeCheckpoints(out: string): Promise<void> {
  const [folder, start] = [path.dirname(out), `${path.basename(out)}.`];
  for (const name of await readdir(folder)) {
    const isOne = name.startsWith(start) && CHECKPOINTS.test(name.slice(start.length));
    if (isOne) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** A network of one class says the same of every picture, and no project can use it. */
function requireClasses(classes: readonly string[], where: string): readonly string[] {
  const repeated = firstRepeat(classes);
  if (repeated !== undefined) {
    throw new WinnowError('USAGE', `The class ${repeated} is named twice`, {
      where: '--classes',
      next: 'Name every class once.',
    });
  }
  if (classes.length >= LEAST_CLASSES) return classes;
  const found = classes.length === 0 ? 'There is no class to learn' : `There is only one class to learn, ${classes[0]}`;
  throw new WinnowError('FORMAT_INVALID', found, {
    where,
    next: 'Name a folder that holds a folder of pictures for each of two classes or more.',
  });
}

/** Before hours are spent on what cannot be written. */
async function requireFree({ out, force }: TeacherJob): Promise<void> {
  const there = await stat(out).catch(() => undefined);
  if (there?.isDirectory()) {
    throw new WinnowError('USAGE', 'The weights are to be a file, and a folder is there', {
      where: out,
      next: 'Name a file with --out.',
    });
  }
  if (there !== undefined && !force) {
    throw new WinnowError('USAGE', 'There are weights already', {
      where: out,
      next: 'Name another file with --out, or replace it with --force.',
    });
  }
}

async function makeFolderOf(out: string): Promise<void> {
  const folder = path.dirname(out);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
}
