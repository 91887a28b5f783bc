import { runStudioBenchmark } from './run-studio-benchmark';
import { holdAll } from './studio-bench';

describe('the benchmark of the studio', () => {
  it('measures a small data set, and finds its counts right', async () => {
    const io = {
      ...{ cwd: '.', env: {}, signal: new AbortController().signal, log: () => undefined },
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    const options = { images: 3000, rounds: 1, folder: undefined };
    const { server } = await runStudioBenchmark({ ...options, only: 'server' }, io);
    expect(server).toMatchObject({ wrongCounts: 0, picturesPerSecond: expect.any(Number) });
    const { map } = await runStudioBenchmark({ ...options, only: 'map' }, io);
    expect(map).toMatchObject({ wrongLassos: 0 });
    const { counts } = await runStudioBenchmark({ ...options, only: 'counts' }, io);
    expect(counts).toMatchObject({ isHeld: 'skipped' in (counts ?? {}) ? null : true });
  }, 240_000);

  it('holds its goals only where all were measured', () => {
    expect([[true, true], [true, null], [null, false], []].map(holdAll)).toEqual([true, null, false, true]);
  });
});
