import { selectRows } from '@winnow/noise';
import type { LabelModelFit, SplitInput } from '@winnow/noise';
import type { SeededRandom } from '@winnow/random';
import { selectEvidence } from '../training-data';

/** How many networks share the refinement: each learns one fold and is asked about the others. */
export const FOLD_COUNT = 2;

/**
 * Deals images to folds of equal size by chance alone: labels would tell a fold what it must not know.
 * @returns rows of each fold, ascending
 */
export function refinementFolds(count: number, random: SeededRandom): readonly Int32Array[] {
  const order = random.permutation(count);
  return Array.from({ length: FOLD_COUNT }, (_, fold) =>
    order.filter((_row, index) => index % FOLD_COUNT === fold).sort(),
  );
}

/**
 * What a network should say of every image: the label model's posterior of the classes, and for the chance that the image
 * is of none of them what the teacher says, softmax(z / T): the anchor where labels say nothing.
 * @param logits the teacher's, [count, classCount]
 * @returns probabilities, [count, classCount]
 */
export function posteriorTargets(
  { classPosteriors, split, temperature }: LabelModelFit,
  logits: Float32Array,
  classCount: number,
): Float32Array {
  const open = (at: number): number => split.probabilities[Math.floor(at / classCount) * 3 + 2] as number;
  return softenedLogits(logits, { classCount, temperature }).map(
    (chance, at) => (classPosteriors[at] as number) + open(at) * chance,
  );
}

/** softmax(z / T) of every row, [count, classCount] */
export function softenedLogits(
  logits: Float32Array,
  { classCount, temperature }: { readonly classCount: number; readonly temperature: number },
): Float32Array {
  const chances = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += classCount) {
    const own = logits.subarray(from, from + classCount);
    const top = own.reduce((most, value) => Math.max(most, value), -Infinity);
    const raised = Float64Array.from(own, (value) => Math.exp((value - top) / temperature));
    const sum = raised.reduce((total, value) => total + value, 0);
    raised.forEach((value, k) => (chances[from + k] = value / sum));
  }
  return chances;
}

/** What the label model sees of some images alone. */
export function selectInput(input: SplitInput, rows: Int32Array): SplitInput {
  const { logits, labels, classCount, features, seed, ...evidence } = input;
  return {
    logits: selectRows(logits, rows, classCount),
    labels: rows.map((row) => labels[row] as number),
    classCount,
    features: features ? { values: selectRows(features.values, rows, features.dim), dim: features.dim } : null,
    seed,
    ...selectEvidence(evidence, rows),
  };
}
