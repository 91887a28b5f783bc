import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { WeightedStream } from './weighted-stream';

function passOf(stream: WeightedStream, pass: number): number[] {
  return Array.from({ length: stream.perPass }, (_, batch) => [...stream.at(pass * stream.perPass + batch)]).flat();
}

function countsOf(rows: readonly number[], count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const row of rows) counts[row] = (counts[row] as number) + 1;
  return counts;
}

describe('WeightedStream', () => {
  test('equal weights give every row once a pass', () => {
    const stream = new WeightedStream(new Array(12).fill(0.3), 4, new SeededRandom(1));
    for (const pass of [0, 1, 2]) expect(countsOf(passOf(stream, pass), 12)).toEqual(new Array(12).fill(1));
    expect(passOf(stream, 0)).not.toEqual(passOf(stream, 1));
  });

  test('a row with twice the weight comes twice as often, one without weight never', () => {
    // Shares of 6 draws: 0, 1, 1, 1, 1, 2.
    const stream = new WeightedStream([0, 1, 1, 1, 1, 2], 3, new SeededRandom(2));
    expect(countsOf(passOf(stream, 0), 6)).toEqual([0, 1, 1, 1, 1, 2]);
  });

  test('counts are floor or ceil of the share, and right in the mean', () => {
    const weights = [0.1, 0.4, 0.7, 1, 1, 1, 0.9, 0.2];
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const stream = new WeightedStream(weights, 2, new SeededRandom(3));
    const totals = new Array<number>(8).fill(0);
    for (let pass = 0; pass < 2000; pass += 1) {
      countsOf(passOf(stream, pass), 8).forEach((count, row) => {
        const share = ((weights[row] as number) * 8) / sum;
        expect([Math.floor(share), Math.ceil(share)]).toContain(count);
        totals[row] = (totals[row] as number) + count;
      });
    }
    totals.forEach((total, row) => expect(total / 2000).toBeCloseTo(((weights[row] as number) * 8) / sum, 1));
  });

  test('with repeats, a batch has every row so often, and a pass so many times the batches', () => {
    const stream = new WeightedStream(new Array(12).fill(1), 7, new SeededRandom(6), { repeats: 2 });
    expect(stream.perPass).toBe(4);
    for (const step of [0, 1, 2, 3, 4]) {
      const rows = [...stream.at(step)];
      expect(rows).toHaveLength(6);
      expect(rows.slice(3)).toEqual(rows.slice(0, 3));
    }
    expect(countsOf(passOf(stream, 0), 12)).toEqual(new Array(12).fill(2));
  });

  test('is a pure function of seed and step', () => {
    const weights = [3, 1, 1, 1, 2, 0.5, 0.5];
    const [one, other] = [0, 0].map(() => new WeightedStream(weights, 2, new SeededRandom('same')));
    const later = other?.at(8);
    for (let step = 0; step < 8; step += 1) one?.at(step);
    expect(one?.at(8)).toEqual(later);
  });

  test('gives whole batches for any weights and sizes', () => {
    const weight = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (weights, batch) => {
          fc.pre(weights.some((value) => value > 1e-3));
          const stream = new WeightedStream(weights, batch, new SeededRandom(4));
          const rows = passOf(stream, 1);
          expect(rows).toHaveLength(stream.perPass * batch);
          for (const row of rows) expect(weights[row]).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  test.each([[[]], [[0, 0]], [[1, NaN]], [[1, -1]], [[Infinity]]])('refuses the weights %p', (weights) => {
    expect(() => new WeightedStream(weights as number[], 2, new SeededRandom(1))).toThrow(
      expect.objectContaining({ code: weights.length === 0 ? 'MISSING_INPUT' : 'DATA_CORRUPT' }),
    );
  });
});
