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
  const distances = new Float64Array(probabilities.length / KINDS);
  for (let row = 0; row < distances.length; row += 1) {
    let sum = 0;
    for (let at = row * KINDS; at < (row + 1) * KINDS; at += 1) {
      sum += Math.abs((probabilities[at] as number) - (others[at] as number));
    }
    distances[row] = sum / 2;
  }
  return distances;
}

function byRow(
  probabilities: Float32Array,
  valueOf: (first: number, second: number, third: number) => number,
): Float64Array {
  const values = new Float64Array(probabilities.length / KINDS);
  for (let row = 0, at = 0; row < values.length; row += 1, at += KINDS) {
    values[row] = valueOf(
      probabilities[at] as number,
      probabilities[at + 1] as number,
      probabilities[at + 2] as number,
    );
  }
  return values;
}

/**
 * The rows with the largest values, of equals the first, without sorting all.
 * @param isMeant rows to choose from
 */
export function largestRows(values: Float64Array, count: number, isMeant: (row: number) => boolean): number[] {
  const meant = new Float64Array(values.length);
  let size = 0;
  for (let row = 0; row < values.length; row += 1) {
    if (!isMeant(row)) continue;
    meant[size] = values[row] as number;
    size += 1;
  }
  const least = count < size ? largest(meant.subarray(0, size), count) : -Infinity;
  const rows: number[] = [];
  for (let row = 0; row < values.length; row += 1) {
    if ((values[row] as number) >= least && isMeant(row)) rows.push(row);
  }
  return rows.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b).slice(0, count);
}

/** The value that has one less than `count` before it, by size (Hoare's selection). @param values are put into another order */
function largest(values: Float64Array, count: number): number {
  const wanted = count - 1;
  for (let [low, high] = [0, values.length - 1]; low < high;) {
    const pivot = values[(low + high) >> 1] as number;
    let [from, to] = [low, high];
    while (from <= to) {
      while ((values[from] as number) > pivot) from += 1;
      while ((values[to] as number) < pivot) to -= 1;
      if (from > to) break;
      const value = values[from] as number;
      values[from] = values[to] as number;
      values[to] = value;
      from += 1;
      to -= 1;
    }
    if (wanted <= to) high = to;
    else if (wanted >= from) low = from;
    else break;
  }
  return values[wanted] as number;
}
