import type { EpochMetrics } from '@winnow/contracts';
import type { CurveSeries } from './curves-svg';
import { accuracySeries } from './run-curves-svg';
import { spread } from './spread';

/**
 * Test accuracy over the epochs, mean of the runs that measured the epoch, with a band of one standard deviation to
 * either side where there are several. No points where none measured it.
 * @param runs metrics of each run
 */
export function meanAccuracyCurve(name: string, runs: readonly (readonly EpochMetrics[])[]): CurveSeries {
  const byEpoch = new Map<number, number[]>();
  for (const metrics of runs) {
    for (const [epoch, value] of accuracySeries(metrics).points) {
      byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), value]);
    }
  }
  const measured = [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, values]) => ({ epoch, mean: 0, sd: null, ...spread(values) }));
  const band = measured.map(({ epoch, mean, sd }): [number, number, number] => [
    epoch,
    mean - (sd ?? 0),
    mean + (sd ?? 0),
  ]);
  return {
    name,
    points: measured.map(({ epoch, mean }) => [epoch, mean]),
    ...(measured.some(({ sd }) => sd !== null) ? { band } : {}),
  };
}
