import fc from 'fast-check';
import { minMaxScale } from './row-math';

describe('minMaxScale', () => {
  it('maps the smallest to 0, the largest to 1 and the middle to a half', () => {
    expect([...minMaxScale([2, 6, 4])]).toEqual([0, 1, 0.5]);
  });

  it('gives zeros for equal values and nothing for none', () => {
    expect([...minMaxScale([3, 3])]).toEqual([0, 0]);
    expect([...minMaxScale([])]).toEqual([]);
  });

  it('keeps the order and stays in 0..1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        const scaled = minMaxScale(values);
        return values.every((value, index) => {
          const mine = scaled[index] as number;
          return mine >= 0 && mine <= 1 && values.every((other, at) => value >= other || mine < (scaled[at] as number));
        });
      }),
    );
  });
});
