import { HostGate, HostHeldBackError } from './host-gate';
import { TestClock } from './spec-support/test-clock';

function createGate(changes: Partial<ConstructorParameters<typeof HostGate>[0]> = {}) {
  const clock = new TestClock();
  const controller = new AbortController();
  const gate = new HostGate({
    clock,
    signal: controller.signal,
    delayMillis: 1000,
    perHost: 2,
    concurrency: 16,
    maxHoldMillis: 30_000,
    ...changes,
  });
  const start = clock.now();
  const startedAt = (host: string) => gate.run(host, () => Promise.resolve(clock.now() - start));
  return { gate, clock, controller, startedAt };
}

describe('HostGate', () => {
  it('spaces requests to one host, in the order in which they came', async () => {
    const { startedAt } = createGate();
    expect(await Promise.all([1, 2, 3, 4].map(() => startedAt('a.test')))).toEqual([0, 1000, 2000, 3000]);
  });

  it('waits as long as the host asks, and by its Crawl-delay afterwards', async () => {
    const { gate, startedAt } = createGate();
    gate.holdBack('a.test', 5000);
    gate.slowDown('a.test', 2000);
    expect(await startedAt('a.test')).toBe(5000);
    expect(await startedAt('a.test')).toBe(7000);
  });

  it('does not wait for a host that asks for too much, nor others for it', async () => {
    const { gate, startedAt } = createGate();
    gate.holdBack('a.test', 3600_000);
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
    const { gate } = createGate({ delayMillis: 0, perHost: 2, concurrency: 5 });
    const hosts = ['a', 'b', 'c', 'd'].flatMap((host) => Array.from({ length: 10 }, () => host));
    await Promise.all(
      hosts.map((host) =>
        gate.run(host, async () => {
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
    const { gate, clock } = createGate({ perHost: 2 });
    const start = clock.now();
    const sentAt: number[] = [];
    const slowToConnect = (millis: number) =>
      gate.run('a.test', async (sent) => {
        await clock.wait(millis);
        sentAt.push(clock.now() - start);
        sent();
      });
    await Promise.all([slowToConnect(700), slowToConnect(0)]);
    expect(sentAt).toEqual([700, 1700]);
  });

  it('starts nothing once aborted', async () => {
    const { controller, startedAt } = createGate();
    controller.abort();
    await expect(startedAt('a.test')).rejects.toThrow('aborted');
  });
});
