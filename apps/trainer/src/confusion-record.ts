import type { ConfusedPair, ConfusionRecord } from '@winnow/contracts';

/** More classes than this make no table that anybody reads. */
const LARGEST_TABLE = 20;
const MOST_PAIRS = 20;

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
  const counts = confusionMatrix(predicted, labels, classes.length);
  return {
    classes: counts.length <= LARGEST_TABLE ? classes : [],
    counts: counts.length <= LARGEST_TABLE ? counts : null,
    pairs: confusedPairs(counts, classes),
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
function confusedPairs(counts: readonly (readonly number[])[], classes: readonly string[]): ConfusedPair[] {
  const pairs = counts.flatMap((row, label) => {
    const of = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, found) =>
      count === 0 || found === label
        ? []
        : [{ trueClass: classes[label] ?? '', predictedClass: classes[found] ?? '', count, of }],
    );
  });
  return pairs.sort((a, b) => b.count - a.count).slice(0, MOST_PAIRS);
}
