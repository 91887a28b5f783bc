import { WinnowError } from '@winnow/contracts';

/**
 * Solves A X = B by Cholesky's decomposition, in double precision.
 * @param matrix A, symmetric and positive definite, [size, size], row by row; overwritten
 * @param right B, [size, columns]; becomes X
 * @throws WinnowError INTERNAL unless A is positive definite
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array, size: number): void {
  const columns = right.length / size;
  for (let row = 0; row < size; row += 1) factorRow(matrix, size, row);
  for (let column = 0; column < columns; column += 1) {
    const at = (row: number): number => row * columns + column;
    for (let row = 0; row < size; row += 1) {
      let sum = right[at(row)] as number;
      for (let k = 0; k < row; k += 1) sum -= (matrix[row * size + k] as number) * (right[at(k)] as number);
      right[at(row)] = sum / (matrix[row * size + row] as number);
    }
    for (let row = size - 1; row >= 0; row -= 1) {
      let sum = right[at(row)] as number;
      for (let k = row + 1; k < size; k += 1) sum -= (matrix[k * size + row] as number) * (right[at(k)] as number);
      right[at(row)] = sum / (matrix[row * size + row] as number);
    }
  }
}

/** A row of the lower triangle L of A = L L^T, from the rows before it. */
function factorRow(matrix: Float64Array, size: number, row: number): void {
  const start = row * size;
  for (let column = 0; column <= row; column += 1) {
    const other = column * size;
    let sum = matrix[start + column] as number;
    for (let k = 0; k < column; k += 1) sum -= (matrix[start + k] as number) * (matrix[other + k] as number);
    if (column < row) matrix[start + column] = sum / (matrix[other + column] as number);
    else if (sum > 0) matrix[start + row] = Math.sqrt(sum);
    else throw new WinnowError('INTERNAL', `the matrix is not positive definite: pivot ${row} is ${sum}`);
  }
}
