import { setImmediate } from 'node:timers/promises';
import { type ImageSource, type ProgressSink, WinnowError } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
import type { ForwardResult } from '@winnow/models';
import { tf } from '@winnow/tensor';
import type { FrozenNetwork } from './frozen-network';
import { inputTensor } from './input-tensor';

/** A network's answers for a set of pictures, row-major. */
export interface Prediction {
  readonly count: number;
  readonly classCount: number;
  readonly featureDim: number;
  /** [count, classCount] */
  readonly logits: Float32Array;
  /** Pooled features, [count, featureDim] */
  readonly features: Float32Array;
}

export interface PredictOptions {
  /** Pictures at once; default: as many as have the pixels of 256 pictures of 64 px. Does not change the answers. */
  readonly batch?: number;
  /** Also ask about each picture's mirror image, and take the mean: surer answers for twice the time. Default false. */
  readonly mirrored?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: ProgressSink;
}

/**
 * Logits and features of every picture, as it is or the mean with those of its mirror image.
 * @throws WinnowError SHAPE_MISMATCH for pictures of another size; INTERRUPTED if aborted
 */
export async function predict(
  network: FrozenNetwork,
  images: ImageSource,
  { batch = defaultBatch(images.size), mirrored = false, signal, progress }: PredictOptions = {},
): Promise<Prediction> {
  const { classCount, featureDim } = network;
  const logits = new Float32Array(images.count * classCount);
  const features = new Float32Array(images.count * featureDim);
  const task = progress?.start({ label: 'predict', total: images.count, unit: 'pictures' });
  const reader = openPixels(images);
  try {
    for (let start = 0; start < images.count; start += batch) {
      if (signal?.aborted) {
        throw new WinnowError('INTERRUPTED', `prediction stopped after ${start} of ${images.count} pictures`, {
          next: 'Run the same command again.',
        });
      }
      const rows = Array.from({ length: Math.min(batch, images.count - start) }, (_, row) => start + row);
      const pixels = { count: rows.length, size: images.size, pixels: await reader.read(rows) };
      tf.tidy(() => {
        const input = inputTensor(pixels, network.input);
        const answers = mirrored ? mirroredMean(network, input) : network.outputs(input);
        logits.set(answers.logits.dataSync(), start * classCount);
        features.set(answers.features.dataSync(), start * featureDim);
      });
      task?.update(start + rows.length);
      await setImmediate();
    }
  } finally {
    await reader.close();
  }
  task?.end();
  return { count: images.count, classCount, featureDim, logits, features };
}

function defaultBatch(size: number): number {
  return Math.max(1, Math.min(256, Math.floor(256 * (64 / size) ** 2)));
}

function mirroredMean(network: FrozenNetwork, images: tf.Tensor4D): Pick<ForwardResult, 'logits' | 'features'> {
  const [one, other] = [network.outputs(images), network.outputs(tf.reverse(images, 2))];
  const mean = (a: tf.Tensor, b: tf.Tensor): tf.Tensor2D => tf.div(tf.add(a, b), 2);
  return { logits: mean(one.logits, other.logits), features: mean(one.features, other.features) };
}
