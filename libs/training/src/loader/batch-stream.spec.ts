import { SeededRandom } from '@winnow/random';
import fc from 'fast-check';
import { BatchStream } from './batch-stream';

describe('BatchStream', () => {
  it('visits in each pass every row at most once, and all but what fills no batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 60 }), fc.nat(3), (batch, extra, pass) => {
        const rows = Array.from({ length: batch + extra }, (_, index) => index * 10);
        const stream = new BatchStream(rows, batch, new SeededRandom(1));
        const steps = Array.from({ length: stream.perPass }, (_, index) => pass * stream.perPass + index);
        const seen = steps.flatMap((step) => [...stream.at(step)]);
        expect(new Set(seen).size).toBe(Math.floor(rows.length / batch) * batch);
        expect(seen.every((row) => rows.includes(row))).toBe(true);
      }),
    );
  });

  it('is a function of seed and step alone, not of what was asked before', () => {
    const make = (seed: number) =>
      new BatchStream(
        Int32Array.from({ length: 20 }, (_, row) => row),
        4,
        new SeededRandom(seed),
      );
    const forwards = make(1);
    const inOrder = Array.from({ length: 12 }, (_, step) => [...forwards.at(step)]);
    const backwards = make(1);
    for (let step = 11; step >= 0; step -= 1) expect([...backwards.at(step)]).toEqual(inOrder[step]);
    expect([...make(2).at(0)]).not.toEqual(inOrder[0]);
    expect(inOrder[0]).not.toEqual(inOrder[5]);
  });

  it('draws a small set with replacement', () => {
    const stream = new BatchStream([7, 9], 50, new SeededRandom(1));
    expect(stream.withReplacement).toBe(true);
    expect(stream.perPass).toBe(1);
    const drawn = [...stream.at(3)];
    expect(drawn).toHaveLength(50);
    expect(new Set(drawn)).toEqual(new Set([7, 9]));
    expect([...stream.at(4)]).not.toEqual(drawn);
  });

  it('refuses an empty set', () => {
    expect(() => new BatchStream([], 4, new SeededRandom(1))).toThrow(
      expect.objectContaining({ code: 'MISSING_INPUT' }),
    );
  });
});
