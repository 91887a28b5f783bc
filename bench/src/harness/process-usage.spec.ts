import { runMeasured } from './process-usage';

const node = (script: string, env = process.env, signal = new AbortController().signal) =>
  runMeasured({ command: process.execPath, args: ['-e', script], cwd: process.cwd(), env, signal });

/** Burns its own CPU time, whatever else the machine does. */
const burn = (millis: number): string =>
  `while (process.cpuUsage().user + process.cpuUsage().system < ${millis * 1000}) Math.sqrt(2);`;

describe('runMeasured', () => {
  it('counts the time of children and of their children', async () => {
    const grandchild = JSON.stringify(burn(600));
    const child = JSON.stringify(
      `require('node:child_process').execFileSync(process.execPath, ['-e', ${grandchild}]); ${burn(600)}`,
    );
    const alone = await node(burn(600));
    const tree = await node(
      `require('node:child_process').execFileSync(process.execPath, ['-e', ${child}]); ${burn(600)}`,
    );
    expect(alone.cpuSeconds).toBeGreaterThanOrEqual(0.58);
    expect(alone.cpuSeconds).toBeLessThan(1.2);
    expect(tree.cpuSeconds).toBeGreaterThanOrEqual(1.74);
    expect(tree.cpuSeconds).toBeLessThan(3);
  });

  it('does not count what runs beside it', async () => {
    const other = node(burn(1500));
    // It has not been waited for while this one is measured.
    const idle = await node('');
    expect(idle.cpuSeconds).toBeLessThan(0.5);
    await other;
  });

  it('sees the memory of descendants', async () => {
    const child = JSON.stringify(`const data = Buffer.alloc(200e6, 1); setTimeout(() => data, 800);`);
    const { peakBytes } = await node(`require('node:child_process').execFileSync(process.execPath, ['-e', ${child}]);`);
    expect(peakBytes).toBeGreaterThan(240e6);
    expect(peakBytes).toBeLessThan(600e6);
  });

  it('says what a program said that failed', async () => {
    await expect(node(`console.error('no such shard'); process.exit(4)`)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('4: no such shard'),
    });
    const stop = new AbortController();
    stop.abort();
    await expect(node('', process.env, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
