import { settledWithin } from './settled-within';

const MILLIS = 300;

/** Has this process do nothing else for so long. */
function block(millis: number): void {
  const until = performance.now() + millis;
  while (performance.now() < until);
}

describe('what is waited for', () => {
  it('is taken although this process had something else to do until after its time', async () => {
    // It comes in some turns of the loop, as that of a database in this process does.
    const answer = (async () => {
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return 'there';
    })();
    const settled = settledWithin(answer, MILLIS);
    block(2 * MILLIS);
    expect(await settled).toBe('there');
  });

  it('is given up after its time, and what it fails with until then is thrown', async () => {
    expect(await settledWithin(new Promise(() => undefined), 1)).toBeNull();
    await expect(settledWithin(Promise.reject(new Error('no')), MILLIS)).rejects.toThrow('no');
  });
});
