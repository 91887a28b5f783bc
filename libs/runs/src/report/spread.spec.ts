import { spread, spreadText } from './spread';

describe('spread', () => {
  it('is the mean and the sample standard deviation', () => {
    expect(spread([1, 2, 3, 4])).toEqual({ mean: 2.5, sd: Math.sqrt(5 / 3), count: 4 });
    expect(spread([7])).toEqual({ mean: 7, sd: null, count: 1 });
    expect(spread([])).toBeNull();
  });

  it('leaves out what was not measured', () => {
    expect(spread([null, 7, undefined])).toEqual({ mean: 7, sd: null, count: 1 });
    expect(spread([null])).toBeNull();
  });

  it('is written in percent', () => {
    expect(spreadText({ mean: 0.6, sd: 0.0414, count: 2 }, 2)).toBe('60.00 ± 4.14');
    expect(spreadText({ mean: 0.6, sd: null, count: 1 }, 1)).toBe('60.0');
  });
});
