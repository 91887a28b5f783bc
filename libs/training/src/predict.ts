import { setImmediate } from 'node:timers/promises';
import { type ImageSource, type ProgressSink, WinnowError } from '@winnow/contracts';
import { openPixels } from '@winnow/shards';
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
  /** Pictures at once; default 256. Does not change the answers. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
  readonly progress?: ProgressSink;
}

/**
 * Logits and features of every picture, as it is.
 * @throws WinnowError SHAPE_MISMATCH for pictures of another size; INTERRUPTED if aborted
 */
export async function predict(
  network: FrozenNetwork,
  images: ImageSource,
  { batch = 256, signal, progress }: PredictOptions = {},
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
        const answers = network.outputs(inputTensor(pixels, network.input));
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
