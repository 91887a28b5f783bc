import { setImmediate } from 'node:timers/promises';
import {
  type ImageSource,
  type ProgressSink,
  type ProgressTask,
  requireUninterrupted,
  WinnowError,
  withProgress,
} from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import { tf } from '@winnow/tensor';
import type { FrozenTeacher } from './frozen-network';
import { inputTensor } from '../input-tensor';

/** A network's answers for a set of images, row-major. */
export interface Prediction {
  readonly count: number;
  readonly classCount: number;
  readonly featureDim: number;
  /** [count, classCount] */
  readonly logits: Float32Array;
  /** Pooled features, [count, featureDim] */
  readonly features: Float32Array;
  /**
   * Of a teacher that knows more classes than ours: log-odds that an image is of one of the others (`TeacherResult`),
   * [count]; else null.
   */
  readonly outside?: Float32Array | null;
}

/** What a teacher said of a pool before, as `predict` gives it for these options; null where that is not known. */
export type KeptOutputs = (
  options: Required<Pick<PredictOptions, 'flipped' | 'features'>>,
) => Promise<Prediction | null>;

export interface PredictOptions {
  /** Images at once; default: 256, fewer above 64 px in proportion to their pixels. Does not change the answers. */
  readonly batch?: number;
  /** Also ask about each image's mirror image, and take the mean: surer answers for twice the time. Default false. */
  readonly flipped?: boolean;
  /** False: the answer has no features, and a `featureDim` of 0; they take most of its memory. Default true. */
  readonly features?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ProgressSink | undefined;
}

/**
 * Logits and features of every image, as it is or the mean with those of its mirror image.
 * @throws WinnowError SHAPE_MISMATCH for images of another size; DATA_CORRUPT naming the first image for which an answer
 *   is no finite number; INTERRUPTED if aborted
 */
export async function predict(
  network: FrozenTeacher,
  images: ImageSource,
  {
    batch = defaultBatch(images.size),
    flipped = false,
    features: wanted = true,
    signal,
    progress,
  }: PredictOptions = {},
): Promise<Prediction> {
  const { classCount } = network;
  const featureDim = wanted ? network.featureDim : 0;
  const logits = new Float32Array(images.count * classCount);
  const features = new Float32Array(images.count * featureDim);
  const outside = knowsMore(network) ? new Float32Array(images.count) : null;
  const reader = openPixels(images);
  const askAll = async (task: ProgressTask): Promise<void> => {
    for (let start = 0; start < images.count; start += batch) {
      requireUninterrupted(signal, `prediction stopped after ${start} of ${images.count} images`);
      const rows = Array.from({ length: Math.min(batch, images.count - start) }, (_, row) => start + row);
      const pixels = { count: rows.length, size: images.size, pixels: await reader.read(rows) };
      tf.tidy(() => {
        const input = inputTensor(pixels, network.input);
        const outputs = network.outputs(input);
        const mirror = flipped ? network.outputs(tf.reverse(input, 2)) : null;
        const read = (part: 'logits' | 'features' | 'outside') =>
          meanOf(outputs[part] as tf.Tensor, mirror?.[part]).dataSync();
        const given = read('logits');
        requireNumbers(given, { images, from: start, classCount });
        logits.set(given, start * classCount);
        if (wanted) features.set(read('features'), start * featureDim);
        outside?.set(read('outside'), start);
      });
      task.update(start + rows.length);
      await setImmediate();
    }
  };
  const shown = { label: 'predict', total: images.count, unit: 'images' };
  await withProgress(progress, shown, askAll).finally(() => reader.close());
  return { count: images.count, classCount, featureDim, logits, features, outside };
}

/** Whether a teacher has outputs that are none of our classes. */
export function knowsMore({ chosen, classCount }: FrozenTeacher): boolean {
  return chosen !== undefined && chosen.outputCount > classCount;
}

function defaultBatch(size: number): number {
  return Math.max(1, Math.min(256, Math.floor(256 * (64 / size) ** 2)));
}

/** Elsewhere they would count as the first class. */
function requireNumbers(
  logits: ArrayLike<number>,
  { images, from, classCount }: { readonly images: ImageSource; readonly from: number; readonly classCount: number },
): void {
  for (let at = 0; at < logits.length; at += 1) {
    if (Number.isFinite(logits[at])) continue;
    const key = images.keys[from + Math.floor(at / classCount)];
    throw new WinnowError('DATA_CORRUPT', `The network answers ${logits[at]} to the image ${key}`, {
      next: 'Check its weights, precision and input normalisation.',
    });
  }
}

function meanOf(one: tf.Tensor, other: tf.Tensor | undefined): tf.Tensor {
  return other === undefined ? one : tf.div(tf.add(one, other), 2);
}
