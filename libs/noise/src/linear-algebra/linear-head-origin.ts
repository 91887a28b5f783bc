import { dot } from './dot';
import type { LinearHead } from './linear-head';
import { symmetricEigen } from './symmetric-eigen';

/** Singular values of W below 1e-5 of the largest are noise of single precision. */
const SMALLEST_SHARE = 1e-10;

/**
 * The point of feature space, nearest to zero, where the classifier comes nearest to giving zeros: `-W^+ b`, by the
 * eigenvectors of `W W^T` (rows of trained classifiers often sum to zero, so it has no inverse).
 * @returns [dim]
 */
export function originOf({ weights, bias }: LinearHead): Float64Array {
  const classCount = weights.length;
  const gram = Float64Array.from({ length: classCount * classCount }, (_, at) =>
    dot(weights[Math.floor(at / classCount)] as Float64Array, weights[at % classCount] as Float64Array),
  );
  const { values, vectors } = symmetricEigen(gram, classCount);
  const origin = new Float64Array((weights[0] as Float64Array).length);
  values.forEach((value, place) => {
    if (!(value > SMALLEST_SHARE * (values[0] as number))) return;
    const vector = vectors.subarray(place * classCount, (place + 1) * classCount);
    const share = -dot(vector, bias) / value;
    weights.forEach((row, k) =>
      row.forEach((weight, d) => {
        origin[d] = (origin[d] as number) + share * (vector[k] as number) * weight;
      }),
    );
  });
  return origin;
}
