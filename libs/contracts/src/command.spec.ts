import { withProgress } from './command';

describe('withProgress', () => {
  const spec = { label: 'a', unit: 'x' };

  it('ends the task as done, or as stopped where the work fails, and hands on what came of it', async () => {
    const said: unknown[] = [];
    const sink = {
      start: (task: unknown) => {
        said.push(task);
        return { update: (done: number) => said.push(done), end: (how?: string) => said.push(how) };
      },
    };
    const result = await withProgress(sink, spec, async (task) => {
      task.update(1);
      return 7;
    });
    expect([result, said]).toEqual([7, [spec, 1, 'done']]);
    const failure = new Error('no');
    await expect(withProgress(sink, spec, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(said.slice(3)).toEqual([spec, 'stopped']);
  });

  it('works where nobody watches', async () => {
    expect(await withProgress(undefined, spec, async (task) => task.update(1))).toBeUndefined();
  });
});
