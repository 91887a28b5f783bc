import { SeededRandom } from '@winnow/random';
import { addColumnProducts, rowProducts } from './table-products';

const WIDTH = 3;

// Whole fours of rows, and one to three beyond them.
describe.each([0, 1, 3, 4, 5, 10])('a table of %i rows', (count) => {
  const random = new SeededRandom(count);
  const draw = (length: number): number[] => Array.from({ length }, () => random.normal());
  const values = Float32Array.from(draw(count * WIDTH));
  const at = (row: number, column: number): number => values[row * WIDTH + column] as number;

  it('gives the sum of each row, in the order of the columns, to the bit', () => {
    const weights = Float64Array.from(draw(WIDTH));
    const products = new Float64Array(count);
    rowProducts({ values, width: WIDTH }, weights, products);
    expect([...products]).toEqual(
      Array.from(products, (_, row) => weights.reduce((sum, weight, column) => sum + weight * at(row, column), 0)),
    );
  });

  it('adds to the sum of each column, in the order of the rows, to the bit', () => {
    const factors = Float64Array.from(draw(count));
    const sums = Float64Array.from(draw(WIDTH));
    const wanted = Array.from(sums, (before, column) =>
      factors.reduce((sum, factor, row) => sum + factor * at(row, column), before),
    );
    addColumnProducts({ values, width: WIDTH }, factors, sums);
    expect([...sums]).toEqual(wanted);
  });
});
