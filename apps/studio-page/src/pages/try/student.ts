import { squareAsLearnt, WinnowError } from '@winnow/contracts';
import type { InputSpec, SquarePolicy } from '@winnow/contracts';
import { isModelName, loadWeights, outlineModel, readWeightsMetadata } from '@winnow/models/browser';
import { tf } from '@winnow/tensor';
import { normalisePixels } from '@winnow/training/pixels';

/** What a student is asked by, as its weights file says. */
export interface StudentFacts {
  readonly model: string;
  readonly classes: readonly string[];
  /** Side of the squares that it sees, pixels. */
  readonly size: number;
  /** How the images that it learnt from became square. */
  readonly policy: SquarePolicy;
}

/** A finished student that answers. */
export interface Student {
  readonly facts: StudentFacts;
  /**
   * Logits, [count, classes].
   * @param pixels RGB, [count, size, size, 3]
   */
  answer(pixels: Uint8Array, count: number): Promise<Float32Array>;
  /** Frees its weights. */
  dispose(): void;
}

/** Of squares that are computed at once. */
const MAX_BATCH_PIXELS = 1 << 20;

/**
 * Makes the network of a weights file, as `winnow predict` does. An engine must be running.
 * @param bytes of a safetensors file of ours
 * @throws WinnowError FORMAT_INVALID, CONFIG_INVALID for weights that say too little of themselves
 */
export function loadStudent(bytes: Uint8Array): Student {
  const { model: name, classes, input, raw } = readWeightsMetadata(bytes, 'the weights');
  if (name === null || !isModelName(name) || classes === null || input === null) {
    throw new WinnowError('CONFIG_INVALID', 'These weights do not say what network they are of');
  }
  const model = outlineModel(name, classes.length);
  try {
    loadWeights(model, bytes, { where: 'the weights' });
  } catch (error) {
    model.dispose();
    throw error;
  }
  const frozen = model.freeze();
  return {
    facts: { model: name, classes, size: input.size, policy: squareAsLearnt(undefined, raw['resize']) },
    answer: (pixels, count) => answerInBatches(frozen.forward, input, { pixels, count, classCount: classes.length }),
    dispose() {
      frozen.dispose();
      model.dispose();
    },
  };
}

interface Squares {
  readonly pixels: Uint8Array;
  readonly count: number;
  readonly classCount: number;
}

async function answerInBatches(
  forward: (images: tf.Tensor4D) => { readonly logits: tf.Tensor2D },
  input: InputSpec,
  { pixels, count, classCount }: Squares,
): Promise<Float32Array> {
  const { size } = input;
  const each = size * size * 3;
  const atOnce = Math.max(1, Math.floor(MAX_BATCH_PIXELS / (size * size)));
  const logits = new Float32Array(count * classCount);
  for (let from = 0; from < count; from += atOnce) {
    const to = Math.min(count, from + atOnce);
    const values = normalisePixels(pixels.subarray(from * each, to * each), input);
    const answers = tf.tidy(() => forward(tf.tensor4d(values, [to - from, size, size, 3])).logits);
    logits.set(await answers.data(), from * classCount);
    answers.dispose();
  }
  return logits;
}
