import { tf } from '@winnow/tensor';
import type { DrawnView } from '../loader/image-draw';
import type { TrainingData } from '../training-data';

/**
 * The teacher's outputs with what a person decided: where it prefers another class than the decided one, the two logits
 * change places (the probability shift of Wen, Lai and Qian, "Preparing Lessons", Neurocomputing 2021), so that the decided
 * class wins and all other ratios stay. Images decided to be open, and views mixed of several images, keep their
 * logits; the other outputs are the teacher's own.
 */
export function withDecidedLogits<Outputs extends { readonly logits: tf.Tensor2D }>(
  outputs: Outputs,
  {
    rows,
    view,
    known,
  }: { readonly rows: Int32Array; readonly view: DrawnView; readonly known: Int32Array | undefined },
): Outputs {
  const [, classCount] = outputs.logits.shape;
  const isDecided = (row: number): boolean => isClass(known?.[row], classCount);
  if (known === undefined || view.mix !== undefined || !rows.some(isDecided)) return outputs;
  const logits = Float32Array.from(outputs.logits.dataSync());
  rows.forEach((row, at) => {
    if (isDecided(row)) exchange(logits.subarray(at * classCount, (at + 1) * classCount), known[row] as number);
  });
  return { ...outputs, logits: tf.tensor2d(logits, outputs.logits.shape) };
}

/** The same of logits of the whole pool, [count, classCount]. */
export function decidedLogits(logits: Float32Array, known: Int32Array | undefined, classCount: number): Float32Array {
  if (known === undefined) return logits;
  const decided = logits.slice();
  known.forEach((label, row) => {
    if (isClass(label, classCount)) exchange(decided.subarray(row * classCount, (row + 1) * classCount), label);
  });
  return decided;
}

/** Whether a decision names a class: it is no other, and not open. */
function isClass(label: number | undefined, classCount: number): boolean {
  return label !== undefined && label >= 0 && label < classCount;
}

function exchange(own: Float32Array, decided: number): void {
  const best = own.indexOf(Math.max(...own));
  [own[best], own[decided]] = [own[decided] as number, own[best] as number];
}

/** What to tell a person of decisions that logits are changed for; nothing where there are none. */
export function describeDecidedLogits({ known, images }: Pick<TrainingData, 'known' | 'images'>): readonly string[] {
  const { classes } = countDecisions(known, images.classes.length);
  if (classes === 0) return [];
  return [`${classes} decided labels: where the teacher prefers another class, the two change places in its logits.`];
}

/** Given labels with the decided ones in their place, [count]; the number of classes for none of them. */
export function decidedLabels(labels: Int32Array, known: Int32Array | undefined): Int32Array {
  return known === undefined
    ? labels
    : labels.map((label, row) => ((known[row] as number) >= 0 ? (known[row] as number) : label));
}

/** Images that a person decided to show a class of the project, and none of them. */
export function countDecisions(
  known: Int32Array | undefined,
  classCount: number,
): { readonly classes: number; readonly open: number } {
  const decided = (known ?? new Int32Array(0)).filter((label) => label >= 0);
  const open = decided.filter((label) => label === classCount).length;
  return { classes: decided.length - open, open };
}
