import { HostRateLimiter, HostHeldBackError } from './host-rate-limiter';
import type { HostLeases } from './host-leases';
import { TestClock } from '../spec-support/test-clock';

function createRateLimiter(changes: Partial<ConstructorParameters<typeof HostRateLimiter>[0]> = {}) {
  const clock = new TestClock();
  const controller = new AbortController();
  const rateLimiter = new HostRateLimiter({
    clock,
    signal: controller.signal,
    delayMillis: 1000,
    perHost: 2,
    concurrency: 16,
    maxHoldMillis: 30_000,
    ...changes,
  });
  const start = clock.now();
  const startedAt = (host: string) => rateLimiter.run(host, () => Promise.resolve(clock.now() - start));
  return { rateLimiter, clock, controller, startedAt };
}

describe('HostRateLimiter', () => {
  it('spaces requests to one host, in the order in which they came', async () => {
    const { startedAt } = createRateLimiter();
    expect(await Promise.all([1, 2, 3, 4].map(() => startedAt('a.test')))).toEqual([0, 1000, 2000, 3000]);
  });

  it('gives no turn to whoever is aborted while waiting', async () => {
    const { rateLimiter, startedAt } = createRateLimiter({ perHost: 16 });
    expect(await startedAt('a.test')).toBe(0);
    const given = new AbortController();
    const task = jest.fn(() => Promise.resolve());
    const aborted = Array.from({ length: 9 }, () => rateLimiter.run('a.test', task, given.signal));
    const last = startedAt('a.test');
    const ended = Promise.allSettled(aborted);
    given.abort();
    expect(await last).toBe(1000);
    expect((await ended).map(({ status }) => status)).toEqual(Array(9).fill('rejected'));
    expect(task).not.toHaveBeenCalled();
  });

  it('waits as long as the host asks, and by its Crawl-delay afterwards', async () => {
    const { rateLimiter, startedAt } = createRateLimiter();
    rateLimiter.holdBack('a.test', 5000);
    rateLimiter.slowDown('a.test', 2000);
    expect(await startedAt('a.test')).toBe(5000);
    expect(await startedAt('a.test')).toBe(7000);
  });

  it('does not wait for a host that asks for too much, nor others for it', async () => {
    const { rateLimiter, startedAt } = createRateLimiter();
    rateLimiter.holdBack('a.test', 3600_000);
    await expect(startedAt('a.test')).rejects.toThrow(HostHeldBackError);
    expect(await startedAt('b.test')).toBe(0);
  });

  it('limits what is under way at one host and altogether', async () => {
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const add = (key: string, change: number): void => {
      const count = (running.get(key) ?? 0) + change;
      running.set(key, count);
      most.set(key, Math.max(most.get(key) ?? 0, count));
    };
    const { rateLimiter } = createRateLimiter({ delayMillis: 0, perHost: 2, concurrency: 5 });
    const hosts = ['a', 'b', 'c', 'd'].flatMap((host) => Array.from({ length: 10 }, () => host));
    await Promise.all(
      hosts.map((host) =>
        rateLimiter.run(host, async () => {
          for (const key of [host, 'all']) add(key, 1);
          await new Promise(setImmediate);
          for (const key of [host, 'all']) add(key, -1);
        }),
      ),
    );
    expect(most).toEqual(
      new Map([
        ['a', 2],
        ['b', 2],
        ['c', 2],
        ['d', 2],
        ['all', 5],
      ]),
    );
  });

  it('counts the delay from when a request is sent, not from when it was begun', async () => {
    const { rateLimiter, clock } = createRateLimiter({ perHost: 2 });
    const start = clock.now();
    const sentAt: number[] = [];
    const slowToConnect = (millis: number) =>
      rateLimiter.run('a.test', async (sent) => {
        await clock.wait(millis);
        sentAt.push(clock.now() - start);
        sent();
      });
    await Promise.all([slowToConnect(700), slowToConnect(0)]);
    expect(sentAt).toEqual([700, 1700]);
  });

  describe('with leases', () => {
    function createLeases(busyFor: number) {
      const calls: string[] = [];
      let busy = busyFor;
      const leases: HostLeases = {
        contended: false,
        holdMillis: 17_000,
        take(host) {
          calls.push(`take ${host}`);
          busy -= 1;
          return Promise.resolve(busy >= 0 ? undefined : { host, waitMillis: 300, suspendedMillis: 0 });
        },
        postpone(host, millis) {
          calls.push(`postpone ${host} ${millis}`);
          return Promise.resolve();
        },
        giveBack(hosts) {
          calls.push(`back ${hosts.map(({ host, waitMillis }) => `${host} ${waitMillis}`).join(', ')}`);
          return Promise.resolve();
        },
      };
      return { leases, calls };
    }

    it('waits for a host that another process has, and as long as that one says', async () => {
      const { leases, calls } = createLeases(2);
      const { rateLimiter, startedAt } = createRateLimiter({ leases });
      expect(await startedAt('a.test')).toBe(250 + 250 + 300);
      await rateLimiter.close();
      expect(calls).toEqual(['take a.test', 'take a.test', 'take a.test', 'back a.test 1000']);
    });

    it('writes down a long pause before a request goes out, in case of a sudden end', async () => {
      const { leases, calls } = createLeases(0);
      const { rateLimiter } = createRateLimiter({ leases, delayMillis: 60_000 });
      await rateLimiter.run('a.test', () => {
        calls.push('sent');
        return Promise.resolve();
      });
      rateLimiter.holdBack('a.test', 20_000);
      await rateLimiter.close();
      expect(calls).toEqual([
        'take a.test',
        'postpone a.test 60000',
        'sent',
        'postpone a.test 20000',
        'back a.test 60000',
      ]);
    });

    it('asks again for a host whose lease has run out, or that others have got', async () => {
      const { leases, calls } = createLeases(0);
      const { rateLimiter, clock, startedAt } = createRateLimiter({ leases });
      await startedAt('a.test');
      await clock.wait(16_000);
      await startedAt('a.test');
      expect(calls).toEqual(['take a.test']);
      await rateLimiter.keepHosts(() => Promise.resolve(new Set(['a.test'])));
      await clock.wait(16_000);
      await startedAt('a.test');
      expect(calls).toEqual(['take a.test']);
      await clock.wait(18_000);
      await startedAt('a.test');
      await rateLimiter.keepHosts(() => Promise.resolve(new Set()));
      await startedAt('a.test');
      expect(calls).toEqual(['take a.test', 'take a.test', 'take a.test']);
      await rateLimiter.close();
    });
  });

  it('starts nothing once aborted', async () => {
    const { controller, startedAt } = createRateLimiter();
    controller.abort();
    await expect(startedAt('a.test')).rejects.toThrow('aborted');
  });
});
