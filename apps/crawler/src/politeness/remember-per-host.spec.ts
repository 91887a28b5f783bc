import { rememberPerHost } from './remember-per-host';

describe('rememberPerHost', () => {
  it('loads once for all that ask, and again when the facts are out of date or were pushed out', async () => {
    const loads: string[] = [];
    let millis = 1;
    const facts = rememberPerHost(
      () => millis,
      ({ host }) => {
        loads.push(host);
        return Promise.resolve({ value: loads.length, untilMillis: millis + 10 });
      },
      2,
    );
    const of = (host: string) => facts(new URL(`http://${host}/${millis}`));
    expect(await Promise.all([of('a'), of('a'), of('a:8080'), of('b')])).toEqual([1, 1, 2, 3]);
    expect(loads).toEqual(['a', 'a:8080', 'b']);
    expect(await of('a:8080')).toBe(2);
    expect(await of('a')).toBe(4);
    millis = 11;
    expect(await of('a')).toBe(4);
    millis = 12;
    expect(await of('a')).toBe(5);
  });

  it('keeps no more than 100 MB of facts', async () => {
    const loads: string[] = [];
    const facts = rememberPerHost(
      () => 1,
      ({ host }) => {
        loads.push(host);
        return Promise.resolve({ value: host, untilMillis: 2, bytes: 40_000_000 });
      },
    );
    for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) await facts(new URL(`http://${host}/`));
    expect(loads).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not remember that loading failed', async () => {
    let tries = 0;
    const facts = rememberPerHost(
      () => 0,
      () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('aborted')) : Promise.resolve({ value: 'x', untilMillis: 1 });
      },
    );
    const url = new URL('http://a/');
    await expect(facts(url)).rejects.toThrow('aborted');
    expect(await facts(url)).toBe('x');
  });
});
