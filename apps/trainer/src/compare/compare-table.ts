import { meanAccuracyCurve, curvesSvg, spread, spreadText } from '@winnow/runs';
import type { CurveSeries, Spread } from '@winnow/runs';
import type { RunSummary } from '@winnow/contracts';
import type { ComparedMethod } from './compare-methods';

/** A line of the table of a comparison; shares in 0..1, spreads over the seeds. */
export interface ComparisonRow {
  readonly method: string;
  readonly split: string | null;
  readonly seeds: readonly number[];
  readonly epochs: number | null;
  /** On the test set; null without one. */
  readonly accuracy: Spread | null;
  /** With the teacher, on held-out images of the pool where there is no test set. */
  readonly agreement: Spread | null;
  /** Accuracy of the teacher less the mean accuracy, 0..1. */
  readonly gap: number | null;
  /** Of one run. */
  readonly seconds: Spread | null;
  readonly imagesSeen: number | null;
  readonly imagesPerSecond: number | null;
  /** The largest of any run. */
  readonly peakMemoryBytes: number | null;
  readonly parameters: number | null;
}

/** Means and deviations of what a method reached. */
export function comparisonRow({ method, split, runs }: ComparedMethod): ComparisonRow {
  const summaries = runs.map(({ summary }) => summary);
  const measured = (of: (summary: RunSummary) => number | null): Spread | null => spread(summaries.map(of));
  const accuracy = measured((summary) => summary.accuracy);
  const teacher = measured((summary) => summary.teacherAccuracy);
  const seconds = measured((summary) => summary.seconds);
  const imagesSeen = measured((summary) => summary.imagesSeen);
  return {
    method,
    split: split?.method ?? null,
    seeds: runs.map(({ seed }) => seed),
    epochs: summaries[0]?.epochs ?? null,
    accuracy,
    agreement: measured((summary) => summary.agreement),
    gap: accuracy === null || teacher === null ? null : teacher.mean - accuracy.mean,
    seconds,
    imagesSeen: imagesSeen?.mean ?? null,
    imagesPerSecond: rate(imagesSeen, seconds),
    peakMemoryBytes: summaries.length === 0 ? null : Math.max(...summaries.map((summary) => summary.peakMemoryBytes)),
    parameters: summaries[0]?.parameters ?? null,
  };
}

function rate(images: Spread | null, seconds: Spread | null): number | null {
  return images === null || seconds === null || seconds.mean === 0 ? null : images.mean / seconds.mean;
}

/** The table as cells of text, its head first. */
export function comparisonCells(rows: readonly ComparisonRow[]): string[][] {
  const tested = rows.some(({ accuracy }) => accuracy !== null);
  const measure = tested ? 'accuracy, %' : 'agreement, %';
  const head = [
    'method',
    'split',
    'seeds',
    measure,
    'gap to teacher',
    'seconds',
    'images/s',
    'peak memory, MiB',
    'parameters',
  ];
  return [
    head,
    ...rows.map((row) => [
      row.method,
      row.split ?? '-',
      String(row.seeds.length),
      measureText(tested ? row.accuracy : row.agreement),
      row.gap === null ? '-' : (100 * row.gap).toFixed(2),
      numberText(row.seconds?.mean ?? null, 1),
      numberText(row.imagesPerSecond, 0),
      numberText(row.peakMemoryBytes === null ? null : row.peakMemoryBytes / 2 ** 20, 0),
      numberText(row.parameters, 0),
    ]),
  ];
}

/** Accuracy over the epochs, a line a method, with a band of one standard deviation. A file of its own. */
export function comparisonSvg(compared: readonly ComparedMethod[], title: string): string {
  const series = compared.filter(({ runs }) => runs.length > 0).map(curveOf);
  const tested = compared.some(({ runs }) => runs.some(({ summary }) => summary.accuracy !== null));
  const what = tested ? 'accuracy on the test set' : 'agreement with the teacher';
  const options = { title: `${title}: ${what}`, xLabel: 'epoch', yFormat: 'percent', standalone: true } as const;
  return `${curvesSvg(series, options)}\n`;
}

/** Without a test set nothing was measured on the way: the end is a point. */
function curveOf({ method, runs }: ComparedMethod): CurveSeries {
  const curve = meanAccuracyCurve(
    method,
    runs.map(({ metrics }) => metrics),
  );
  if (curve.points.length > 0) return curve;
  const end = spread(runs.map(({ summary }) => summary.accuracy ?? summary.agreement));
  const epochs = runs[0]?.summary.epochs ?? 0;
  return { name: method, points: end === null ? [] : [[epochs, end.mean]] };
}

function measureText(value: Spread | null): string {
  return value === null ? '-' : spreadText(value, 2);
}

function numberText(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}
