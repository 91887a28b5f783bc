import { HEAD_DIMENSIONS } from './vector-prefix-scan';

/** Rows that the directions are fitted to. */
const SAMPLE_ROWS = 1000;
const ROUNDS = 4;
/** The last coordinate is the length of what the directions leave over. */
const DIRECTIONS = HEAD_DIMENSIONS - 1;

/**
 * Finds few coordinates of vectors whose distances never exceed the vectors' own: the shadow on orthonormal directions,
 * and the length of the rest (by the triangle inequality). The directions follow the widest spread of a sample
 * (subspace iteration), so that the bound is close; for correctness any would do.
 * @param vectors [n, dimensions], that the directions are fitted to
 * @returns coordinates of these and other vectors, [m, HEAD_DIMENSIONS], the widest spread first
 */
export function fitHeads(vectors: Float32Array, dimensions: number): (vectors: Float32Array) => Float32Array {
  const mean = meanVector(vectors, dimensions);
  const directions = widestDirections(vectors, mean);
  return (of) => {
    const heads = new Float32Array((of.length / dimensions) * HEAD_DIMENSIONS);
    for (let row = 0; row * dimensions < of.length; row += 1) {
      const centred = mean.map((value, at) => (of[row * dimensions + at] as number) - value);
      heads.set(headOf(centred, directions), row * HEAD_DIMENSIONS);
    }
    return heads;
  };
}

function headOf(centred: Float64Array, directions: readonly Float64Array[]): Float64Array {
  const head = new Float64Array(HEAD_DIMENSIONS);
  let rest = dot(centred, centred);
  directions.forEach((direction, index) => {
    const shadow = dot(centred, direction);
    head[index] = shadow;
    rest -= shadow * shadow;
  });
  head[DIRECTIONS] = Math.sqrt(Math.max(0, rest));
  return head;
}

function meanVector(vectors: Float32Array, dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  const count = vectors.length / dimensions;
  for (let at = 0; at < vectors.length; at += 1) {
    mean[at % dimensions] = (mean[at % dimensions] as number) + (vectors[at] as number) / count;
  }
  return mean;
}

/** Orthonormal, at most as many as there are dimensions. */
function widestDirections(vectors: Float32Array, mean: Float64Array): readonly Float64Array[] {
  const dimensions = mean.length;
  const count = vectors.length / dimensions;
  const step = Math.max(1, Math.floor(count / SAMPLE_ROWS));
  const sample: Float64Array[] = [];
  for (let row = 0; row < count; row += step) {
    const from = row * dimensions;
    sample.push(mean.map((value, at) => (vectors[from + at] as number) - value));
  }
  let directions = orthonormal(
    Array.from({ length: Math.min(DIRECTIONS, dimensions) }, (_, index) => unevenStart(dimensions, index)),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const grown = directions.map((direction) => {
      const sum = new Float64Array(dimensions);
      for (const vector of sample) addScaled(sum, vector, dot(vector, direction));
      // Where the sample has no spread left the direction stays.
      return dot(sum, sum) < 1e-18 ? direction : sum;
    });
    directions = orthonormal(grown);
  }
  return directions;
}

/** A fixed start that is orthogonal to nothing in particular. */
function unevenStart(dimensions: number, index: number): Float64Array {
  return Float64Array.from({ length: dimensions }, (_, at) => Math.cos((at + 0.5) * (index + 1) * 1.7) + 0.1 * index);
}

/** Gram and Schmidt, twice for rounding; a direction that the others hold already is left out. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const left = vector.slice();
    const length = Math.sqrt(dot(left, left));
    for (const direction of [...basis, ...basis]) addScaled(left, direction, -dot(left, direction));
    const rest = Math.sqrt(dot(left, left));
    if (rest > 1e-6 * length) basis.push(left.map((value) => value / rest));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function addScaled(sum: Float64Array, vector: Float64Array, scale: number): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] as number) + (vector[at] as number) * scale;
}
