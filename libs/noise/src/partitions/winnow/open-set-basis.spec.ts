import { SeededRandom } from '@winnow/random';
import { dot, sum } from '../../row-math';
import { generatedPool } from '../../spec-support/generated-pool';
import type { SplitFeatures } from '../../split';
import { openSetBasis } from './open-set-basis';
import { winnowSplit } from './winnow-split';

const COUNT = 800;
const POOL = generatedPool({ classCount: 10, count: COUNT, closed: 0.2, open: 0.3, spread: 0.4, seed: 1 });
const FEATURES = POOL.input.features as SplitFeatures;
/** The constant, and the figures of the logits. */
const FIRST_COLUMNS = 1 + 5;

/** The pool's features behind `more` coordinates that hardly vary. */
function padded({ values, dim }: SplitFeatures, more: number): SplitFeatures {
  const random = new SeededRandom('padded');
  const wide = Float32Array.from({ length: COUNT * (dim + more) }, () => 0.02 * random.normal());
  for (let row = 0; row < COUNT; row += 1) {
    wide.set(values.subarray(row * dim, (row + 1) * dim), row * (dim + more) + more);
  }
  return { values: wide, dim: dim + more };
}

/** Two reflections one after another: a rotation that mixes every coordinate with every other. */
function rotated({ values, dim }: SplitFeatures): SplitFeatures {
  const random = new SeededRandom('rotated');
  const turned = values.slice();
  for (let reflection = 0; reflection < 2; reflection += 1) {
    const normal = Float64Array.from({ length: dim }, () => random.normal());
    const square = dot(normal, normal);
    for (let from = 0; from < turned.length; from += dim) {
      const own = turned.subarray(from, from + dim);
      const along = (2 * dot(own, normal)) / square;
      own.forEach((value, d) => (own[d] = value - along * (normal[d] as number)));
    }
  }
  return { values: turned, dim };
}

function standardised(values: Float64Array): Float64Array {
  const mean = sum(values) / values.length;
  const centred = values.map((value) => value - mean);
  const spread = Math.sqrt(dot(centred, centred) / values.length);
  return centred.map((value) => value / spread);
}

describe('openSetBasis', () => {
  it.each([
    { more: 32, how: 'as they are' },
    { more: 33, how: 'on 64 principal axes' },
    { more: 64, how: 'on 64 principal axes' },
  ])('has 32 + $more coordinates $how, and all columns but the constant standardised', ({ more }) => {
    const cells = Uint8Array.from({ length: COUNT }, (_, row) => row % 4);
    const input = { ...POOL.input, features: padded(FEATURES, more) };
    const { values, width } = openSetBasis(input, 1, cells);
    expect(width).toBe(FIRST_COLUMNS + 64 + 3);
    expect(values).toHaveLength(COUNT * width);
    for (let column = 0; column < width; column += 1) {
      const own = Float64Array.from({ length: COUNT }, (_, row) => values[row * width + column] as number);
      expect(own.every(Number.isFinite)).toBe(true);
      expect(sum(own) / COUNT).toBeCloseTo(column === 0 ? 1 : 0, 4);
      expect(dot(own, own) / COUNT).toBeCloseTo(1, 4);
    }
  });

  it('keeps what varies most of more than 64 coordinates, wherever it is', () => {
    const random = new SeededRandom('one varies');
    const dim = 96;
    const values = Float32Array.from({ length: COUNT * dim }, (_, at) => {
      return (at % dim === dim - 1 ? 1 : 0.02) * random.normal();
    });
    const basis = openSetBasis({ ...POOL.input, features: { values, dim } }, 1, new Uint8Array(COUNT));
    const varying = standardised(
      Float64Array.from({ length: COUNT }, (_, row) => values[row * dim + dim - 1] as number),
    );
    const correlations = Array.from({ length: basis.width - FIRST_COLUMNS }, (_, index) => {
      const column = Float64Array.from({ length: COUNT }, (_, row) => {
        return basis.values[row * basis.width + FIRST_COLUMNS + index] as number;
      });
      return Math.abs(dot(column, varying)) / COUNT;
    });
    expect(Math.max(...correlations)).toBeGreaterThan(0.99);
  });

  it('makes a split of more than 64 coordinates that hardly changes when they are rotated', () => {
    const features = padded(FEATURES, 64);
    const kindsOf = (given: SplitFeatures): Uint8Array => winnowSplit({ ...POOL.input, features: given }).kinds;
    const [straight, turned] = [kindsOf(features), kindsOf(rotated(features))];
    const same = straight.filter((kind, row) => kind === turned[row]).length;
    expect(same / COUNT).toBeGreaterThan(0.95);
  });
});
