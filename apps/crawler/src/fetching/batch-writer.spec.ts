import { BatchWriter } from './batch-writer';

describe('BatchWriter', () => {
  it('writes everything once, in order, one batch at a time', async () => {
    const batches: number[][] = [];
    let writing = 0;
    const writer = new BatchWriter<number>(async (items) => {
      writing += 1;
      expect(writing).toBe(1);
      await new Promise(setImmediate);
      batches.push([...items]);
      writing -= 1;
    });
    await Promise.all([1, 2, 3, 4].map((item) => writer.write(item)));
    expect(batches).toEqual([[1], [2, 3, 4]]);
    await writer.write(5);
    expect(batches.flat()).toEqual([1, 2, 3, 4, 5]);
  });

  it('fails those of the failed batch and goes on', async () => {
    const writer = new BatchWriter<number>((items) =>
      items.includes(1) ? Promise.reject(new Error('broken')) : Promise.resolve(),
    );
    const results = await Promise.allSettled([1, 2].map((item) => writer.write(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
