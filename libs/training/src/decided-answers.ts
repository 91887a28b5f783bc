import { tf } from '@winnow/tensor';
import type { DrawnView } from './draw/picture-draw';
import type { TrainingData } from './training-data';

/**
 * The teacher's answers with what a person decided: where it prefers another class than the decided one, the two logits
 * change places (the probability shift of Wen, Lai and Qian, "Preparing Lessons", Neurocomputing 2021), so that the decided
 * class wins and all other ratios stay. Images decided to be open, and views mixed of several images, are answered as
 * they are; the other outputs are the teacher's own.
 */
export function decidedAnswers<Outputs extends { readonly logits: tf.Tensor2D }>(
  answers: Outputs,
  {
    rows,
    view,
    known,
  }: { readonly rows: Int32Array; readonly view: DrawnView; readonly known: Int32Array | undefined },
): Outputs {
  const [, classCount] = answers.logits.shape;
  const isDecided = (row: number): boolean => isClass(known?.[row], classCount);
  if (known === undefined || view.mix !== undefined || !rows.some(isDecided)) return answers;
  const logits = Float32Array.from(answers.logits.dataSync());
  rows.forEach((row, at) => {
    if (isDecided(row)) exchange(logits.subarray(at * classCount, (at + 1) * classCount), known[row] as number);
  });
  return { ...answers, logits: tf.tensor2d(logits, answers.logits.shape) };
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

/** What to tell a person of decisions that an answer is changed for; nothing where there are none. */
export function describeDecidedAnswers({ known, images }: Pick<TrainingData, 'known' | 'images'>): readonly string[] {
  const { classes } = countDecisions(known, images.classes.length);
  if (classes === 0) return [];
  return [`${classes} decided labels: where the teacher prefers another class, the two change places in its answer.`];
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
