import { settledWithin } from './settled-within';

const MILLIS = 600;

/** Has this process do nothing else for so long. */
function block(millis: number): void {
  const until = performance.now() + millis;
  while (performance.now() < until);
}

describe('what is waited for', () => {
  it('is taken although this process had something else to do until after its time', async () => {
    const answer = new Promise((resolve) => setImmediate(() => resolve('there')));
    const settled = settledWithin(answer, MILLIS);
    block(2 * MILLIS);
    expect(await settled).toBe('there');
  });

  it('is given up after its time, and what it fails with until then is thrown', async () => {
    expect(await settledWithin(new Promise(() => undefined), 1)).toBeNull();
    await expect(settledWithin(Promise.reject(new Error('no')), MILLIS)).rejects.toThrow('no');
  });
});
