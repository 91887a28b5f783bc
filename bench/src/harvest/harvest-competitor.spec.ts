import { medians } from '../harness/figures';
import { roundFigures } from './harvest-competitor';

const usage = (cpuSeconds: number, wallSeconds: number, peakBytes: number) => ({
  cpuSeconds,
  wallSeconds,
  peakBytes,
  threadSeconds: {},
});

describe('harvest figures', () => {
  it('sum up the steps of a round', () => {
    const steps = { crawl: usage(6, 4, 300), build: usage(2, 1, 500) };
    expect(roundFigures({ images: 400, steps })).toEqual({
      cpuSeconds: 8,
      wallSeconds: 5,
      imagesPerCpuSecond: 50,
      imagesPerSecond: 80,
      peakBytes: 500,
    });
  });

  it('are medians over the rounds', () => {
    const rounds = [8, 20, 4].map((seconds) =>
      roundFigures({ images: 80, steps: { download: usage(seconds, seconds / 2, seconds * 100) } }),
    );
    expect(medians(rounds)).toMatchObject({ imagesPerCpuSecond: 10, imagesPerSecond: 20, peakBytes: 800 });
  });
});
