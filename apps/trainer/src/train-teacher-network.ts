import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, ImageSet, InputSpec } from '@winnow/contracts';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { fileError, writeFileAtomic } from '@winnow/runs';
import type { EngineChoice } from '@winnow/tensor';
import { accuracy, freezeModel, METHODS, predict, train } from '@winnow/training';
import { digestImages } from './digest-images';
import { listClassNames, loadLabelledPictures } from './load-labelled-pictures';
import { requireModelName } from './require-model-name';
import type { SquarePolicy } from './square-as-learnt';
import { startTensorEngine } from './start-tensor-engine';

const CHECKPOINT_EVERY_STEPS = 50;
const CHECKPOINT = /^[0-9a-f]{12}\.checkpoint$/;

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
  readonly seconds: number;
  readonly engine: string;
}

/**
 * Trains on right labels by cross-entropy and writes safetensors with class list and normalisation in the header.
 * Stopped, it leaves a checkpoint beside the weights to be, and the same job goes on from there.
 * @throws WinnowError USAGE where the weights would replace others unasked; as train
 */
export async function trainTeacherNetwork(job: TeacherJob, io: CommandIo): Promise<TrainedTeacher> {
  const { size, resize, epochs, batch, seed, learningRate } = job;
  const name = requireModelName(job.model, { code: 'USAGE', where: '--model' });
  await prepareOut(job);
  const engine = await startTensorEngine(job.engine, io);
  const classes = job.classes ?? (await listClassNames(job.pictures));
  const images = await loadLabelledPictures(job.pictures, classes, { size, resize });
  const test = job.test === undefined ? null : await loadLabelledPictures(job.test, classes, { size, resize });
  const input = measureInput(images);
  const model = createModel(name, { classCount: classes.length, seed: `teacher/${seed}` });
  const kept = checkpointFile(job, [name, classes, digestImages(images), engine.name, METHODS.ce.revision]);
  const startedAt = performance.now();
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
        load: () => readCheckpoint(kept),
        save: (bytes) => writeFileAtomic(kept, bytes),
      },
      onEpoch: ({ epoch, loss }) => io.log(`epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}`),
      progress: io.progress,
      signal: io.signal,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const scores = test === null ? null : await predict(freezeModel(model, input), test);
    await writeFileAtomic(job.out, saveWeights(model, weightsMetadata({ model: name, classes, input, resize })));
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
function checkpointFile({ out, size, resize, epochs, batch, seed, learningRate }: TeacherJob, more: unknown[]): string {
  const job = JSON.stringify([size, resize, epochs, batch, seed, learningRate, ...more]);
  return `${out}.${createHash('sha256').update(job).digest('hex').slice(0, 12)}.checkpoint`;
}

/** Also those of other settings: the weights are there. */
async function removeCheckpoints(out: string): Promise<void> {
  const [folder, start] = [path.dirname(out), `${path.basename(out)}.`];
  for (const name of await readdir(folder)) {
    const isOne = name.startsWith(start) && CHECKPOINT.test(name.slice(start.length));
    if (isOne) await rm(path.join(folder, name), { force: true });
  }
}

async function readCheckpoint(file: string): Promise<Uint8Array | null> {
  return readFile(file).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new WinnowError('DATA_CORRUPT', 'The checkpoint of this training cannot be read', {
      where: file,
      next: 'Make it readable, or remove it to begin again.',
      cause,
    });
  });
}

/** Before hours are spent on what cannot be written. */
async function prepareOut({ out, force }: TeacherJob): Promise<void> {
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
  const folder = path.dirname(out);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
}

/** Mean and standard deviation of each channel over all pixels, three digits: the normalisation that comes with the weights. */
function measureInput({ pixels, size }: ImageSet): InputSpec {
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
  const std = squares.map((square, channel) =>
    Math.max(0.001, rounded(Math.sqrt(square / count - ((sums[channel] as number) / count) ** 2))),
  ) as [number, number, number];
  return { size, range: [0, 1], mean, std };
}
