import { forEachAtOnce } from './for-each-at-once';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const endless = new AbortController().signal;

describe('forEachAtOnce', () => {
  it('handles every item once, in order', async () => {
    const seen: number[] = [];
    await forEachAtOnce(numbers(20), { atOnce: 4, signal: endless }, async (item) => {
      seen.push(item);
      await new Promise(setImmediate);
    });
    expect(seen).toEqual(numbers(20));
    await forEachAtOnce([], { atOnce: 4, signal: endless }, () => Promise.reject(new Error('of nothing')));
  });

  it('keeps to the concurrency', async () => {
    let running = 0;
    let most = 0;
    await forEachAtOnce(numbers(200), { atOnce: 3, signal: endless }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    });
    expect(most).toBe(3);
  });

  it('ends with the first error, after what is under way', async () => {
    const seen: number[] = [];
    const ended: number[] = [];
    const run = forEachAtOnce(numbers(50), { atOnce: 2, signal: endless }, async (item) => {
      seen.push(item);
      if (item === 2) throw new Error('broken');
      await new Promise(setImmediate);
      if (item === 1) await new Promise(setImmediate);
      ended.push(item);
    });
    await expect(run).rejects.toThrow('broken');
    expect(seen).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 1]);
  });

  it('starts nothing after an abort', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    await forEachAtOnce(numbers(50), { atOnce: 1, signal: controller.signal }, (item) => {
      seen.push(item);
      if (item === 4) controller.abort();
      return Promise.resolve();
    });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});
