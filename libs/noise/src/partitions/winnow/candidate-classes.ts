import { UNDECIDED_LABEL } from '../../corrections';

/** The classes that an image may be of, best first; others are taken as impossible. */
export interface CandidateClasses {
  /** Candidates of an image. */
  readonly width: number;
  /** [count, width] */
  readonly classes: Int32Array;
  /** Logit minus the image's largest, [count, width] */
  readonly logits: Float32Array;
}

/** Bounds memory and time at thousands of classes; the rest of a teacher's mass is far below what labels can tell. */
const MAX_CANDIDATES = 64;

/**
 * The classes with the largest logits, the first of equals, and in the last places the given label and the decided
 * class where they are not among them.
 * @param logits [count, classCount]
 * @param labels [count]
 * @param known decisions (SplitInput.known), [count]
 */
export function candidateClasses(
  logits: Float32Array,
  labels: Int32Array,
  classCount: number,
  known?: Int32Array,
): CandidateClasses {
  const width = Math.min(classCount, MAX_CANDIDATES);
  const classes = new Int32Array(labels.length * width);
  const kept = new Float32Array(labels.length * width);
  for (let row = 0; row < labels.length; row += 1) {
    const from = row * width;
    const of = logits.subarray(row * classCount, (row + 1) * classCount);
    const best = classes.subarray(from, from + width);
    takeLargest(of, best);
    const label = labels[row] as number;
    if (!best.includes(label)) best[width - 1] = label;
    const decided = known?.[row] ?? UNDECIDED_LABEL;
    if (decided >= 0 && decided < classCount && !best.includes(decided)) {
      best[best[width - 1] === label ? width - 2 : width - 1] = decided;
    }
    const top = of[best[0] as number] as number;
    best.forEach((k, at) => (kept[from + at] = (of[k] as number) - top));
  }
  return { width, classes, logits: kept };
}

/** Fills `best` with the places of the largest values, in order, by insertion: most values fall at the first look. */
function takeLargest(values: Float32Array, best: Int32Array): void {
  let filled = 0;
  for (let k = 0; k < values.length; k += 1) {
    const value = values[k] as number;
    if (filled === best.length && value <= (values[best[filled - 1] as number] as number)) continue;
    let at = filled < best.length ? filled : filled - 1;
    while (at > 0 && (values[best[at - 1] as number] as number) < value) {
      best[at] = best[at - 1] as number;
      at -= 1;
    }
    best[at] = k;
    if (filled < best.length) filled += 1;
  }
}
