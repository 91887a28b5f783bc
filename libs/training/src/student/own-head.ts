import { WinnowError } from '@winnow/contracts';
import { pretrainedHead } from '@winnow/models';
import { argmaxRows } from '@winnow/noise';
import { classColumns } from '../teacher/frozen-network';
import type { MethodContext } from '../method';

/** Rows of a classifier for our classes. */
export interface ClassifierRows {
  /** [classCount, featureDim] */
  readonly weight: Float32Array;
  /** [classCount] */
  readonly bias: Float32Array;
}

/**
 * The rows of our classes in the classifier that the weights came with, less their mean: by the names of its outputs, or
 * where it has as many as the teacher, by the teacher's; whether they are the same ones shows in what they predict. Null
 * where it has none that could be ours.
 */
export function ownHead({ student, teacher, data }: MethodContext): ClassifierRows | null {
  const { model, start } = student;
  const head = start === undefined ? null : pretrainedHead(model, start.weights);
  if (head === null || start === undefined) return null;
  const columns = ownColumns(start.weights.classes, data.images.classes) ?? teacherColumns(teacher, head.outputCount);
  if (columns === null || !columns.every((column) => column < head.outputCount)) return null;
  const { featureDim } = model;
  const weight = Float32Array.from({ length: columns.length * featureDim }, (_, at) => {
    const column = columns[Math.floor(at / featureDim)] as number;
    return head.weight[column * featureDim + (at % featureDim)] as number;
  });
  const bias = Float32Array.from(columns, (column) => head.bias[column] as number);
  for (let d = 0; d < featureDim; d += 1) {
    const mean = columns.reduce((sum, _, k) => sum + (weight[k * featureDim + d] as number), 0) / columns.length;
    columns.forEach((_, k) => (weight[k * featureDim + d] = (weight[k * featureDim + d] as number) - mean));
  }
  const mean = bias.reduce((sum, value) => sum + value, 0) / columns.length;
  return { weight, bias: bias.map((value) => value - mean) };
}

function ownColumns(theirs: readonly string[] | null, ours: readonly string[]): readonly number[] | null {
  if (theirs === null) return null;
  try {
    return classColumns(theirs, ours);
  } catch (error) {
    if (error instanceof WinnowError && error.code === 'TEACHER_MISMATCH') return null;
    throw error;
  }
}

function teacherColumns(teacher: MethodContext['teacher'], outputCount: number): readonly number[] | null {
  const { classCount, chosen } = teacher ?? { classCount: 0 };
  if (chosen !== undefined) return chosen.outputCount === outputCount ? chosen.columns : null;
  return classCount === outputCount ? Array.from({ length: classCount }, (_, k) => k) : null;
}

/**
 * Cohen's kappa of a classifier with targets, as if all classes were as frequent: 0 at chance, 1 where their largest
 * outputs always agree.
 * @param observed features [rows, featureDim] and targets [rows, classCount]
 */
export function headKappa(
  { weight, bias }: ClassifierRows,
  { features, targets }: { readonly features: Float32Array; readonly targets: Float32Array },
): number {
  const [classCount, featureDim] = [bias.length, weight.length / bias.length];
  const logits = targets.map((_, at) => {
    const [row, k] = [Math.floor(at / classCount), at % classCount];
    let sum = bias[k] as number;
    for (let d = 0; d < featureDim; d += 1) {
      sum += (features[row * featureDim + d] as number) * (weight[k * featureDim + d] as number);
    }
    return sum;
  });
  const [ours, theirs] = [argmaxRows(logits, classCount), argmaxRows(targets, classCount)];
  const chance = 1 / Math.max(2, classCount);
  const same = ours.filter((column, row) => column === theirs[row]).length / Math.max(1, ours.length);
  return (same - chance) / (1 - chance);
}
