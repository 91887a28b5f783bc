import { NOISE_KINDS } from '@winnow/contracts';

const KINDS = NOISE_KINDS.length;

/**
 * How little a split is sure of each image: 1 - the largest of its probabilities, [count].
 * @param probabilities [count, 3], row-major
 */
export function doubtOf(probabilities: Float32Array): Float64Array {
  return byRow(probabilities, (first, second, third) => 1 - Math.max(first, second, third));
}

/** How little the two likeliest kinds differ: 1 - their difference, [count]. */
export function narrownessOf(probabilities: Float32Array): Float64Array {
  return byRow(probabilities, (first, second, third) => {
    const most = Math.max(first, second, third);
    const least = Math.min(first, second, third);
    return 1 - (most - (first + second + third - most - least));
  });
}

/** How far two opinions of an image are apart: half the sum of absolute differences, 0 to 1, [count]. */
export function distanceOf(probabilities: Float32Array, others: Float32Array): Float64Array {
  return Float64Array.from({ length: probabilities.length / KINDS }, (_, row) => {
    let sum = 0;
    for (let at = row * KINDS; at < (row + 1) * KINDS; at += 1) {
      sum += Math.abs((probabilities[at] as number) - (others[at] as number));
    }
    return sum / 2;
  });
}

function byRow(
  probabilities: Float32Array,
  valueOf: (first: number, second: number, third: number) => number,
): Float64Array {
  return Float64Array.from({ length: probabilities.length / KINDS }, (_, row) =>
    valueOf(
      probabilities[row * KINDS] as number,
      probabilities[row * KINDS + 1] as number,
      probabilities[row * KINDS + 2] as number,
    ),
  );
}

/**
 * The rows with the largest values, of equals the first, without sorting all.
 * @param isMeant rows to choose from
 */
export function largestRows(values: Float64Array, count: number, isMeant: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += 1) if (isMeant(row)) rows.push(row);
  const sorted = Float64Array.from(rows, (row) => values[row] as number).sort();
  const least = sorted[Math.max(0, rows.length - count)] ?? -Infinity;
  return rows
    .filter((row) => (values[row] as number) >= least)
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, count);
}
