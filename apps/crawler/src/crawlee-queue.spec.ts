import { runQueue } from './crawlee-queue';
import type { QueueItem } from './crawlee-queue';

const item = (number: number): QueueItem<number> => ({
  key: `k${number}`,
  url: `http://host.test/${number}`,
  data: number,
});

describe('runQueue', () => {
  it('handles every item once, those that the handler adds too', async () => {
    const seen: number[] = [];
    await runQueue({
      items: [item(1), item(2), item(2)],
      concurrency: 4,
      signal: new AbortController().signal,
      handle: ({ data }, add) => {
        seen.push(data);
        if (data < 10) add(item(data + 10));
        return Promise.resolve();
      },
    });
    expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 11, 12]);
  });

  it('keeps to the concurrency', async () => {
    let running = 0;
    let most = 0;
    await runQueue({
      items: Array.from({ length: 200 }, (_, index) => item(index)),
      concurrency: 3,
      signal: new AbortController().signal,
      async handle() {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      },
    });
    expect(most).toBe(3);
  });

  it('ends with the first error, after what is under way', async () => {
    const seen: number[] = [];
    const run = runQueue({
      items: Array.from({ length: 50 }, (_, index) => item(index)),
      concurrency: 1,
      signal: new AbortController().signal,
      handle: ({ data }) => {
        seen.push(data);
        return data === 2 ? Promise.reject(new Error('broken')) : Promise.resolve();
      },
    });
    await expect(run).rejects.toThrow('broken');
    expect(seen).toEqual([0, 1, 2]);
  });

  it('starts nothing after an abort', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    await runQueue({
      items: Array.from({ length: 50 }, (_, index) => item(index)),
      concurrency: 1,
      signal: controller.signal,
      handle: ({ data }) => {
        seen.push(data);
        if (data === 4) controller.abort();
        return Promise.resolve();
      },
    });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});
