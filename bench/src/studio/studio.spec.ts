import { runStudioBenchmark } from './run-studio-benchmark';

describe('the benchmark of the studio', () => {
  it('measures a small data set, and finds its counts right', async () => {
    const io = {
      ...{ cwd: '.', env: {}, signal: new AbortController().signal, log: () => undefined },
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    const figures = await runStudioBenchmark({ images: 3000, rounds: 1, folder: undefined }, io);
    expect(figures).toMatchObject({ images: 3000, wrongCounts: 0, wrongLassos: 0 });
    expect(figures.picturesPerSecond).toBeGreaterThan(0);
  }, 120_000);
});
