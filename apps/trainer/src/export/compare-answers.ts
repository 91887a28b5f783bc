import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { tf } from '@winnow/tensor';
import { accuracy, agreement, type FrozenNetwork } from '@winnow/training';
import { checkInput } from '../data/check-images';
import type { CheckImages } from '../data/check-images';

/** Exports in float32 are held to the network's own answers on so many: they are the same. */
export const MAX_COMPARED = 64;

/** What a network says to images, row by row. */
export interface Outputs {
  readonly logits: Float32Array;
  readonly features: Float32Array;
}

/** Largest difference, of the largest number. */
const OUTPUT_TOLERANCE = 1e-4;
/** So many images at a time. */
const BATCH = 16;

/** @param input how the network wants its pixels */
export function outputsOf(
  { outputs }: Pick<FrozenNetwork, 'outputs'>,
  input: InputSpec,
  images: Pick<CheckImages, 'count' | 'pixels' | 'size'>,
  signal?: AbortSignal,
): Outputs {
  const parts: { logits: Float32Array; features: Float32Array }[] = [];
  for (let from = 0; from < images.count; from += BATCH) {
    requireUninterrupted(signal, 'The export was stopped; nothing was written');
    const part = { from, count: Math.min(BATCH, images.count - from) };
    parts.push(
      tf.tidy(() => {
        const { logits, features } = outputs(checkInput(images, part, input));
        return { logits: valuesOf(logits), features: valuesOf(features) } as never;
      }),
    );
  }
  return { logits: join(parts.map(({ logits }) => logits)), features: join(parts.map(({ features }) => features)) };
}

/**
 * Largest difference of a logit, of the largest logit.
 * @throws WinnowError INTERNAL where logits or features differ by ANSWER_TOLERANCE or more
 */
export function requireSameOutputs(found: Outputs, wanted: Outputs, where: string): number {
  const logits = relativeDifference(found.logits, wanted.logits);
  const features = relativeDifference(found.features, wanted.features);
  // Written so that NaN fails.
  if (logits < OUTPUT_TOLERANCE && features < OUTPUT_TOLERANCE) return logits;
  throw new WinnowError(
    'INTERNAL',
    `Loaded again, the export does not answer as the network does: logits differ by ${logits.toPrecision(2)} of the largest, features by ${features.toPrecision(2)}`,
    { where, next: 'Nothing was written. Report this as a bug.' },
  );
}

/** How well one network answers in another's stead; fractions in 0..1. */
export interface OutputMeasures {
  /** Of images of which it names the same class. */
  readonly agreement: number;
  /** Of labelled images that it names right; null where no label is one of the classes. */
  readonly accuracy: number | null;
}

/** @param labels a class name of each image, or null */
export function measureOutputs(
  found: Outputs,
  wanted: Outputs,
  { labels, classes }: { readonly labels: readonly (string | null)[]; readonly classes: readonly string[] },
): OutputMeasures {
  const scoresOf = ({ logits }: Outputs) => ({ count: labels.length, classCount: classes.length, logits });
  const known = new Map(classes.map((name, index) => [name, index]));
  const indices = labels.map((label) => known.get(label ?? '') ?? -1);
  const labelled = indices.filter((index) => index >= 0).length;
  return {
    agreement: agreement(scoresOf(found), scoresOf(wanted)),
    accuracy: labelled === 0 ? null : (accuracy(scoresOf(found), indices) * labels.length) / labelled,
  };
}

/** Infinity for lists of different lengths, NaN where one holds it. */
export function relativeDifference(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return Infinity;
  let largest = 0;
  let difference = 0;
  wanted.forEach((value, at) => {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - (found[at] as number)));
  });
  return difference === 0 ? 0 : difference / largest;
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
