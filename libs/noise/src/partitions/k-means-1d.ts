import type { SeededRandom } from '@winnow/random';
import { sum } from '../row-math';

/** Both are scikit-learn's. */
const MAX_ITERATIONS = 300;
/** Stop once the centres' squared moves sum to less than this share of the values' variance. */
const TOLERANCE = 1e-4;

export interface KMeans1dResult {
  readonly centres: Float64Array;
  /** Index of each value's nearest centre, [count]. */
  readonly labels: Int32Array;
}

/**
 * Lloyd's k-means on numbers, from given centres; a cluster that loses all members moves to the value that lies
 * farthest from its own centre. Stops as scikit-learn's KMeans does.
 */
export function kMeans1d(values: Float64Array, start: ArrayLike<number>): KMeans1dResult {
  let centres = Float64Array.from(start);
  let labels = assign(values, centres);
  const smallMove = TOLERANCE * variance(values);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration += 1) {
    const moved = means(values, labels, centres);
    const shift = moved.reduce((sum, centre, index) => sum + (centre - (centres[index] as number)) ** 2, 0);
    centres = moved;
    const next = assign(values, centres);
    const unchanged = next.every((label, index) => label === labels[index]);
    labels = next;
    if (unchanged || shift <= smallMove) break;
  }
  return { centres, labels };
}

/**
 * Start centres by greedy k-means++: each next one is the best of a few draws with probability proportional to the
 * squared distance to the nearest centre so far. Arthur and Vassilvitskii, SODA 2007; number of draws as in
 * scikit-learn.
 */
export function kMeansPlusPlus1d(values: Float64Array, count: number, random: SeededRandom): Float64Array {
  const trials = 2 + Math.floor(Math.log(count));
  const centres = [values[random.int(values.length)] as number];
  let distances = values.map((value) => (value - (centres[0] as number)) ** 2);
  while (centres.length < count) {
    let best: { centre: number; distances: Float64Array; total: number } | undefined;
    for (let trial = 0; trial < trials; trial += 1) {
      const centre = values[drawIndex(distances, random)] as number;
      const candidate = distances.map((distance, index) =>
        Math.min(distance, ((values[index] as number) - centre) ** 2),
      );
      const total = sum(candidate);
      if (best === undefined || total < best.total) best = { centre, distances: candidate, total };
    }
    const chosen = best as { centre: number; distances: Float64Array };
    centres.push(chosen.centre);
    distances = chosen.distances as Float64Array<ArrayBuffer>;
  }
  return Float64Array.from(centres);
}

function drawIndex(weights: Float64Array, random: SeededRandom): number {
  let rest = random.next() * sum(weights);
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index] as number;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

function assign(values: Float64Array, centres: Float64Array): Int32Array {
  return Int32Array.from(values, (value) => {
    let nearest = 0;
    centres.forEach((centre, index) => {
      if (Math.abs(value - centre) < Math.abs(value - (centres[nearest] as number))) nearest = index;
    });
    return nearest;
  });
}

function means(values: Float64Array, labels: Int32Array, centres: Float64Array): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(centres.length);
  const counts = new Float64Array(centres.length);
  labels.forEach((label, index) => {
    sums[label] = (sums[label] as number) + (values[index] as number);
    counts[label] = (counts[label] as number) + 1;
  });
  const empty = [...counts.keys()].filter((cluster) => counts[cluster] === 0);
  if (empty.length > 0) {
    const distance = (index: number) =>
      Math.abs((values[index] as number) - (centres[labels[index] as number] as number));
    const farthest = [...values.keys()].sort((a, b) => distance(b) - distance(a) || a - b).slice(0, empty.length);
    farthest.forEach((index, order) => {
      const [from, to] = [labels[index] as number, empty[order] as number];
      const value = values[index] as number;
      sums[from] = (sums[from] as number) - value;
      counts[from] = (counts[from] as number) - 1;
      sums[to] = value;
      counts[to] = 1;
    });
  }
  return sums.map((total, cluster) =>
    counts[cluster] === 0 ? (centres[cluster] as number) : total / (counts[cluster] as number),
  );
}

function variance(values: Float64Array): number {
  const mean = sum(values) / values.length;
  return values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
}
