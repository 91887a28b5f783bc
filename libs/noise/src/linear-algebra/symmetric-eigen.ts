/** Eigenvalues, largest first, and their eigenvectors of length one. */
export interface SymmetricEigen {
  /** [size] */
  readonly values: Float64Array;
  /** One eigenvector a row, [size, size]. */
  readonly vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * Eigendecomposition of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations",
 * section 8.5): slow for more than some hundred rows, accurate always. The sign of an eigenvector is not defined.
 * @param matrix [size, size]
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1;
  const small = 1e-24 * a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a, size) > small; sweep += 1) {
    for (let p = 0; p < size; p += 1) {
      for (let q = p + 1; q < size; q += 1) rotate(a, vectors, { p, q, size });
    }
  }
  const order = Array.from({ length: size }, (_, i) => i);
  order.sort((i, j) => (a[j * size + j] as number) - (a[i * size + i] as number) || i - j);
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => a[i * size + i] as number), vectors: sorted };
}

function offDiagonal(a: Float64Array, size: number): number {
  return a.reduce((sum, value, at) => (at % (size + 1) === 0 ? sum : sum + value * value), 0);
}

/** Makes a[p, q] zero by a rotation of rows and columns p and q. */
function rotate(a: Float64Array, vectors: Float64Array, { p, q, size }: { p: number; q: number; size: number }): void {
  const pq = a[p * size + q] as number;
  if (pq === 0) return;
  const theta = ((a[q * size + q] as number) - (a[p * size + p] as number)) / (2 * pq);
  const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const turn = { cosine, sine: tangent * cosine };
  for (let k = 0; k < size; k += 1) turnPair(a, k * size + p, k * size + q, turn);
  for (let k = 0; k < size; k += 1) turnPair(a, p * size + k, q * size + k, turn);
  for (let k = 0; k < size; k += 1) turnPair(vectors, p * size + k, q * size + k, turn);
}

function turnPair(
  values: Float64Array,
  i: number,
  j: number,
  { cosine, sine }: { cosine: number; sine: number },
): void {
  const left = values[i] as number;
  const right = values[j] as number;
  values[i] = cosine * left - sine * right;
  values[j] = sine * left + cosine * right;
}
