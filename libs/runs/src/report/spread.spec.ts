import { spread } from './spread';

describe('spread', () => {
  it('is the mean and the sample standard deviation', () => {
    expect(spread([1, 2, 3, 4])).toEqual({ mean: 2.5, sd: Math.sqrt(5 / 3), count: 4 });
    expect(spread([7])).toEqual({ mean: 7, sd: null, count: 1 });
    expect(spread([])).toBeNull();
  });
});
