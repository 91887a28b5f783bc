import { Semaphore } from './semaphore';

/** Takes part in the queue and says when it is let in. */
function enter(semaphore: Semaphore, weight: number, steps: number[], signal?: AbortSignal): Promise<() => void> {
  return semaphore.acquire(weight, signal).then((release) => {
    steps.push(weight);
    return release;
  });
}

describe('Semaphore', () => {
  it('lets in what fits, in the order of arrival: light ones do not overtake a heavy one', async () => {
    const semaphore = new Semaphore(100);
    const steps: number[] = [];
    const first = await enter(semaphore, 60, steps);
    const heavy = enter(semaphore, 70, steps);
    const light = enter(semaphore, 10, steps);
    await Promise.resolve();
    expect(steps).toEqual([60]);
    first();
    (await heavy)();
    (await light)();
    expect(steps).toEqual([60, 70, 10]);
  });

  it('runs what is heavier than the limit alone', async () => {
    const semaphore = new Semaphore(100);
    const steps: number[] = [];
    const first = await enter(semaphore, 1, steps);
    const huge = enter(semaphore, 500, steps);
    const last = enter(semaphore, 2, steps);
    first();
    const release = await huge;
    expect(steps).toEqual([1, 500]);
    release();
    (await last)();
    expect(steps).toEqual([1, 500, 2]);
  });

  it('gives its turn to the next one when it is stopped while it waits', async () => {
    const semaphore = new Semaphore(100);
    const steps: number[] = [];
    const stop = new AbortController();
    await enter(semaphore, 60, steps);
    const stopped = expect(enter(semaphore, 70, steps, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const next = enter(semaphore, 30, steps);
    stop.abort();
    await stopped;
    await next;
    expect(steps).toEqual([60, 30]);
    await expect(semaphore.acquire(1, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('lets nobody in while more is there than it allows', async () => {
    const semaphore = new Semaphore(100);
    const steps: number[] = [];
    const goneFirst = semaphore.take(90);
    const goneSecond = semaphore.take(90);
    const waiting = [1, 2].map((weight) => enter(semaphore, weight, steps));
    goneFirst();
    await Promise.all(waiting);
    expect(steps).toEqual([1, 2]);
    goneSecond();
  });

  it('makes room again when a task fails', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await semaphore.run(() => Promise.resolve(7))).toBe(7);
  });
});
