import type { ProgressSink } from '@winnow/contracts';
import { mean, median, spread } from './figures';
import { inTurn } from './in-turn';

describe('inTurn', () => {
  const said: string[] = [];
  const progress: ProgressSink = {
    start: () => ({ update: (_done, say) => void said.push(String(say)), end: () => undefined }),
  };

  it('lets another begin in each round, and keeps results by competitor', async () => {
    const order: string[] = [];
    const io = { progress, signal: new AbortController().signal };
    const results = await inTurn(['a', 'b'], { rounds: 3, label: 'test', io }, async (name) => {
      order.push(name);
      return { result: order.length, say: name };
    });
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(results).toEqual([
      [1, 4, 5],
      [2, 3, 6],
    ]);
    expect(said).toEqual(order);
  });

  it('stops before the next turn once it is aborted', async () => {
    const abort = new AbortController();
    const work = jest.fn(async () => {
      abort.abort();
      return { result: 1, say: '' };
    });
    const turns = { rounds: 9, label: 'test', io: { progress, signal: abort.signal } };
    await expect(inTurn(['a'], turns, work)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('figures', () => {
  it('take the mean of the two middle values', () => {
    expect([median([4, 1, 3, 2]), median([3, 1]), median([5]), median([])]).toEqual([2.5, 2, 5, Number.NaN]);
    expect([mean([1, 2, 6]), ...spread([3, 1, 2])]).toEqual([3, 1, 3]);
  });
});
