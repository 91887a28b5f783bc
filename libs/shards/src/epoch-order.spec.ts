import fc from 'fast-check';
import { batches, epochOrder } from './index';

describe('epochOrder', () => {
  it('takes every sample once, the same way each time, another way each epoch', () => {
    const order = epochOrder(100, 7, 1);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(epochOrder(100, 7, 1)).toEqual(order);
    expect(epochOrder(100, 7, 2)).not.toEqual(order);
    expect(epochOrder(100, 8, 1)).not.toEqual(order);
    expect(epochOrder(0, 7, 1)).toHaveLength(0);
  });
});

describe('batches', () => {
  const list = (order: Int32Array, size: number, options = {}): number[][] =>
    [...batches(order, size, options)].map((batch) => [...batch]);

  it('cuts in order', () => {
    const order = Int32Array.of(4, 2, 0, 1, 3);
    expect(list(order, 2)).toEqual([[4, 2], [0, 1], [3]]);
    expect(list(order, 2, { dropLast: true })).toEqual([
      [4, 2],
      [0, 1],
    ]);
    expect(list(order, 5, { dropLast: true })).toEqual([[4, 2, 0, 1, 3]]);
    expect(list(order, 2, { from: 5 })).toEqual([]);
    expect(() => [...batches(order, 0)]).toThrow(RangeError);
  });

  it('resumes exactly', () => {
    const shape = fc.record({
      count: fc.nat({ max: 60 }),
      size: fc.integer({ min: 1, max: 20 }),
      done: fc.nat({ max: 10 }),
    });
    fc.assert(
      fc.property(shape, ({ count, size, done }) => {
        const order = epochOrder(count, 1, 3);
        expect(list(order, size, { from: done * size })).toEqual(list(order, size).slice(done));
      }),
      { seed: 1 },
    );
  });
});
