import type { ConfusedPair, ConfusionRecord } from '@winnow/contracts';

/** More classes than this make no table that anybody reads. */
const LARGEST_TABLE = 20;
const MAX_PAIRS = 20;

/**
 * What was taken for what.
 * @param predicted class indices, [count]
 * @param labels true class indices, [count]
 */
export function confusionRecord(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly string[],
): ConfusionRecord {
  const isTable = classes.length <= LARGEST_TABLE;
  return {
    classes: isTable ? classes : [],
    counts: isTable ? confusionMatrix(predicted, labels, classes.length) : null,
    pairs: confusedPairs(predicted, labels, classes),
  };
}

/** Rows: true class, columns: predicted class; counts. */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): number[][] {
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let index = 0; index < predicted.length; index += 1) {
    const row = counts[labels[index] as number] as number[];
    const found = predicted[index] as number;
    row[found] = (row[found] ?? 0) + 1;
  }
  return counts;
}

/** The most frequent mistakes; among equals in the order of the classes. */
function confusedPairs(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: readonly string[],
): ConfusedPair[] {
  const members = new Uint32Array(classes.length);
  // By pair, not in a table: that of 20,000 classes would take gigabytes.
  const counts = new Map<number, number>();
  for (let index = 0; index < predicted.length; index += 1) {
    const [label, found] = [labels[index] as number, predicted[index] as number];
    members[label] = (members[label] as number) + 1;
    const pair = label * classes.length + found;
    if (found !== label) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, MAX_PAIRS)
    .map(([pair, count]) => {
      const [label, found] = [Math.floor(pair / classes.length), pair % classes.length];
      return { trueClass: classes[label] ?? '', predictedClass: classes[found] ?? '', count, of: members[label] ?? 0 };
    });
}
