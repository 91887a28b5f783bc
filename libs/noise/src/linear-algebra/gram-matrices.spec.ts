import { SeededRandom } from '@winnow/random';
import { ESTIMATE_ROWS, weightedGram } from './gram-matrices';

/** Of a random matrix, row by row. */
function naive(values: Float32Array, width: number, weightOf: (row: number) => number): number[] {
  const gram = new Array<number>(width * width).fill(0);
  for (let row = 0; row < values.length / width; row += 1) {
    for (let i = 0; i < width; i += 1) {
      for (let j = 0; j < width; j += 1) {
        gram[i * width + j]! += weightOf(row) * values[row * width + i]! * values[row * width + j]!;
      }
    }
  }
  return gram;
}

describe('weightedGram', () => {
  const width = 3;
  const random = new SeededRandom('gram');
  const values = Float32Array.from({ length: 2 * ESTIMATE_ROWS * width }, () => random.normal());
  const weightOf = (row: number): number => 1 + (row % 7);

  it('is the sum over all rows', () => {
    const gram = weightedGram({ values, width }, weightOf);
    naive(values, width, weightOf).forEach((value, at) => expect(gram[at]).toBeCloseTo(value, 6));
  });

  it('is estimated from spread rows, also where rows have a period', () => {
    // Every second row is nothing: of evenly spaced rows all would be such, or none.
    const alternating = values.map((value, at) => (Math.floor(at / width) % 2 === 0 ? 0 : value));
    const exact = weightedGram({ values: alternating, width }, () => 1);
    const estimate = weightedGram({ values: alternating, width }, () => 1, ESTIMATE_ROWS);
    const scale = exact[0] as number;
    exact.forEach((value, at) => expect(Math.abs((estimate[at] as number) - value) / scale).toBeLessThan(0.03));
  });
});
