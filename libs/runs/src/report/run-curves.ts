import type { EpochMetrics } from '@winnow/contracts';
import { CURVE_WIDTH, type CurveSeries, curvesSvg } from './curves-svg';
import { spread } from './spread';

/** curves.svg of a run: the loss with its parts and, where it was measured, the accuracy. A file of its own. */
export function runCurvesSvg(metrics: readonly EpochMetrics[]): string {
  const charts = [curvesSvg(lossSeries(metrics), { title: 'Loss', xLabel: 'epoch', yInclude: [0], standalone: true })];
  const accuracy = accuracySeries(metrics);
  if (accuracy.points.length > 0)
    charts.push(curvesSvg([accuracy], { title: 'Accuracy', xLabel: 'epoch', yFormat: 'percent' }));
  const gap = 24;
  const heights = charts.map((chart) => Number(/viewBox="0 0 \d+ ([\d.]+)"/.exec(chart)?.[1] ?? 0));
  const width = charts.length * CURVE_WIDTH + (charts.length - 1) * gap;
  const height = Math.max(...heights);
  const placed = charts.map((chart, index) =>
    chart.replace(
      '<svg ',
      `<svg x="${index * (CURVE_WIDTH + gap)}" y="0" width="${CURVE_WIDTH}" height="${heights[index] ?? 0}" `,
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${placed.join('')}</svg>\n`;
}

/** The total, and its parts where there is more than one. */
export function lossSeries(metrics: readonly EpochMetrics[]): CurveSeries[] {
  const parts = [...new Set(metrics.flatMap((epoch) => Object.keys(epoch.parts)))].sort();
  const total: CurveSeries = { name: 'total', points: metrics.map((epoch) => [epoch.epoch, epoch.loss]) };
  if (parts.length < 2) return [total];
  return [
    total,
    ...parts.map((part) => ({
      name: part,
      points: metrics.map((epoch): [number, number] => [epoch.epoch, epoch.parts[part] ?? Number.NaN]),
    })),
  ];
}

/** Test accuracy of the epochs that measured it. */
function accuracySeries(metrics: readonly EpochMetrics[]): CurveSeries {
  const points = metrics.flatMap((epoch): [number, number][] =>
    epoch.accuracy === undefined ? [] : [[epoch.epoch, epoch.accuracy]],
  );
  return { name: 'test accuracy', points };
}

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
