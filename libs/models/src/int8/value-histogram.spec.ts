import { SeededRandom } from '@winnow/random';
import { ValueHistogram } from './value-histogram';

const of = (...parts: readonly number[][]): ValueHistogram => {
  const histogram = new ValueHistogram();
  for (const part of parts) histogram.add(Float32Array.from(part));
  return histogram;
};
const random = new SeededRandom('histogram');
const normals = Array.from({ length: 20_000 }, () => random.normal());

describe('ValueHistogram', () => {
  it('keeps the whole range of numbers that are spread evenly', () => {
    const even = Array.from({ length: 601 }, (_, at) => at / 100);
    expect(of(even).extremes).toEqual({ min: 0, max: 6 });
    expect(of(even).bestRange()).toEqual({ min: 0, max: 6 });
  });

  it('cuts off what is far out and rare', () => {
    const { min, max } = of(...Array.from({ length: 20 }, () => normals), [8, -7]).bestRange();
    expect(max).toBeGreaterThan(3);
    expect(max).toBeLessThan(6);
    expect(min).toBeLessThan(-3);
    expect(min).toBeGreaterThan(-6);
  });

  it('does not depend on the order in which numbers come', () => {
    const [small, large] = [normals.map((value) => value / 1000), normals];
    expect(of(small, large).bestRange()).toEqual(of(large, small).bestRange());
    expect(of([...small, ...large]).bestRange()).toEqual(of(large, small).bestRange());
  });

  it('leaves out what is no number', () => {
    expect(of([NaN, Infinity, -Infinity, 1, -0.5]).extremes).toEqual({ min: -0.5, max: 1 });
    expect(of([]).bestRange()).toEqual({ min: 0, max: 0 });
    expect(of([0, 0]).bestRange()).toEqual({ min: 0, max: 0 });
  });
});
