import { alikeRows, usualSimilarity } from './alike';

/** Directions of a plane, in degrees. */
const plane = (...degrees: number[]) => ({
  values: Float32Array.from(
    degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  ),
  dim: 2,
});
const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

describe('usualSimilarity', () => {
  it('is the median of how near the nearest is', () => {
    // Nearest at 10, 10, 20 and 40 degrees: the median lies between 10 and 20.
    const features = plane(0, 10, 30, 70);
    expect(usualSimilarity(features, 1)).toBeCloseTo((cosine(10) + cosine(20)) / 2, 5);
    expect(usualSimilarity(plane(0, 10, 30), 1)).toBeCloseTo(cosine(10), 5);
    expect(usualSimilarity(plane(5), 1)).toBe(1);
  });

  it('draws of large classes by its seed alone', () => {
    const features = plane(...Array.from({ length: 300 }, (_, at) => at * at * 0.001));
    expect(usualSimilarity(features, 's')).toBe(usualSimilarity(features, 's'));
    expect(usualSimilarity(features, 's')).not.toBe(usualSimilarity(features, 't'));
  });
});

describe('alikeRows', () => {
  const features = plane(0, 40, 5, 90, 5);
  const vector = features.values.subarray(0, 2);
  const rows = (above: number, count = 9) =>
    alikeRows(features, vector, { above, count, isMeant: (row) => row !== 0 }).map(({ row }) => row);

  it('are the nearest, of equals the lower one, as far as they are near enough', () => {
    expect(rows(0.5)).toEqual([2, 4, 1]);
    expect(rows(0.5, 2)).toEqual([2, 4]);
    expect(rows(0.99)).toEqual([2, 4]);
    expect(rows(1)).toEqual([]);
  });
});
