import { compareContenders, median } from './compare-contenders';

describe('compareContenders', () => {
  it('lets them work in turn and gives medians of medians', async () => {
    const order: string[] = [];
    const contender = (name: string, rounds: number[][]) => ({
      name,
      prepare: async () => void order.push(`prepare ${name}`),
      round: async () => {
        order.push(name);
        return rounds.shift() as number[];
      },
      peakBytes: () => 7,
      close: () => undefined,
    });
    const a = contender('a', [
      [1, 2, 9],
      [4, 4, 4],
      [3, 3, 100],
    ]);
    const b = contender('b', [[5], [6], [7]]);
    expect(await compareContenders([a, b], { rounds: 3 })).toEqual([
      { name: 'a', millis: 3, spread: [2, 4], peakBytes: 7 },
      { name: 'b', millis: 6, spread: [5, 7], peakBytes: 7 },
    ]);
    expect(order).toEqual(['prepare a', 'prepare b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('stops before the next round once it is aborted', async () => {
    const abort = new AbortController();
    const round = jest.fn(async () => {
      abort.abort();
      return [1];
    });
    const endless = { name: 'a', prepare: async () => undefined, round, peakBytes: () => null, close: () => undefined };
    await expect(compareContenders([endless], { rounds: 9, signal: abort.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(round).toHaveBeenCalledTimes(1);
  });

  it('takes the mean of the two middle values', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});
