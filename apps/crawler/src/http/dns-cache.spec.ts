import { createDnsCache } from './dns-cache';

function setUp(maxHosts = 10) {
  const asked: string[] = [];
  let millis = 1;
  let broken = false;
  const cache = createDnsCache(
    (host) => {
      asked.push(host);
      return broken ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve([`${host} ${asked.length}`]);
    },
    { now: () => millis, maxHosts, keepMillis: 60_000, keepFailureMillis: 5000 },
  );
  return {
    asked,
    cache,
    pass: (time: number) => (millis += time),
    setBroken: (value: boolean) => (broken = value),
  };
}

describe('createDnsCache', () => {
  it('asks once a minute for each host, also when many ask at once', async () => {
    const { cache, asked, pass } = setUp();
    expect(await Promise.all([cache.lookup('a'), cache.lookup('a'), cache.lookup('b')])).toEqual([
      ['a 1'],
      ['a 1'],
      ['b 2'],
    ]);
    pass(60_000);
    expect(await cache.lookup('a')).toEqual(['a 1']);
    pass(1);
    expect(await cache.lookup('a')).toEqual(['a 3']);
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('remembers for five seconds that a name was not found', async () => {
    const { cache, asked, pass, setBroken } = setUp();
    setBroken(true);
    for (const wait of [0, 5000]) {
      pass(wait);
      await expect(cache.lookup('a')).rejects.toThrow('ENOTFOUND');
    }
    setBroken(false);
    pass(1);
    expect(await cache.lookup('a')).toEqual(['a 2']);
    expect(asked).toHaveLength(2);
  });

  it('asks again for a host that is to be forgotten, and keeps the hosts that were asked for last', async () => {
    const { cache, asked } = setUp(2);
    await cache.lookup('a');
    cache.forget('a');
    await cache.lookup('a');
    await cache.lookup('b');
    await cache.lookup('c');
    await cache.lookup('b');
    await cache.lookup('a');
    await cache.lookup('b');
    expect(asked).toEqual(['a', 'a', 'b', 'c', 'a']);
  });
});
