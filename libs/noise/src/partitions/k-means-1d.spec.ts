import { SeededRandom } from '@winnow/random';
import { kMeans1d, kMeansPlusPlus1d } from './k-means-1d';

describe('kMeans1d', () => {
  it('finds two obvious clusters from a poor start', () => {
    const { centres, labels } = kMeans1d(Float64Array.from([0, 1, 2, 10, 11, 12]), [0, 1]);
    expect([...centres]).toEqual([1, 11]);
    expect([...labels]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('gives a cluster without members the value that fits worst', () => {
    const { centres } = kMeans1d(Float64Array.from([0, 1, 100]), [0, -500]);
    expect([...centres].sort((a, b) => a - b)).toEqual([0.5, 100]);
  });

  it('leaves every value with its nearest centre', () => {
    const random = new SeededRandom('k-means');
    const values = Float64Array.from({ length: 200 }, () => random.normal());
    const { centres, labels } = kMeans1d(values, kMeansPlusPlus1d(values, 7, random));
    values.forEach((value, index) => {
      const distances = [...centres].map((centre) => Math.abs(value - centre));
      expect(distances[labels[index] as number]).toBe(Math.min(...distances));
    });
  });
});

describe('kMeansPlusPlus1d', () => {
  it('picks distinct values and the same ones for the same seed', () => {
    const values = Float64Array.from({ length: 50 }, (_, index) => index % 10);
    const pick = () => [...kMeansPlusPlus1d(values, 10, new SeededRandom(5))];
    expect(new Set(pick()).size).toBe(10);
    expect(pick()).toEqual(pick());
  });
});
