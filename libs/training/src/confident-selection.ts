import { confidences, predictedClasses } from './classification-metrics';

/** Confidence that the class with most confident pictures must reach, and above which a picture counts as one. */
const CUT = 0.95;
/** Of the run: from here on the student alone decides. */
const HANDOVER = 0.5;

/** [batch, classes] each, row-major. */
export interface BothLogits {
  readonly teacher: ArrayLike<number>;
  readonly student: ArrayLike<number>;
}

/** The mixture `a z_T + (1 - a) z_S`, for a trust a in the teacher. */
export function jointLogits({ teacher, student }: BothLogits, trust: number): Float64Array {
  return Float64Array.from(teacher, (value, at) => trust * value + (1 - trust) * (student[at] as number));
}

/**
 * Trust in the teacher: `1 - exp(-5 (1.5 t - 1)^2)` for the share t of the run that is done after the epoch, 0 from its
 * middle on. The paper has it for 240 epochs.
 */
export function trustInTeacher(epoch: number, epochs: number): number {
  if (epoch >= HANDOVER * epochs) return 0;
  return 1 - Math.exp(-5 * ((1.5 * (epoch + 1)) / epochs - 1) ** 2);
}

/** Pictures of each class whose confidence is above .95, [classes]. */
export function countConfident(logits: ArrayLike<number>, classCount: number): Float32Array {
  const scores = { count: logits.length / classCount, classCount, logits };
  const counts = new Float32Array(classCount);
  const sure = confidences(scores);
  predictedClasses(scores).forEach((label, row) => {
    if ((sure[row] as number) > CUT) counts[label] = (counts[label] as number) + 1;
  });
  return counts;
}

/**
 * Pictures whose confidence is above the cut of their class, `.95 r / (2 - r)`, where r is the class's number of
 * confident pictures over that of the class with most: classes that are still hard are let in sooner. Zhang et al.,
 * "FlexMatch", NeurIPS 2021, equations 5, 7 and 11.
 * @returns 1 or 0 for each row
 */
export function selectConfident(logits: ArrayLike<number>, counts: ArrayLike<number>): Uint8Array {
  const classCount = counts.length;
  const most = Math.max(1, ...Array.from(counts));
  const scores = { count: logits.length / classCount, classCount, logits };
  const sure = confidences(scores);
  return Uint8Array.from(predictedClasses(scores), (label, row) => {
    const ratio = (counts[label] as number) / most;
    return (sure[row] as number) > (CUT * ratio) / (2 - ratio) ? 1 : 0;
  });
}
