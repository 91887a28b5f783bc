import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import type { SplitRow } from '@winnow/db';
import type { KindHistogram } from '../html/charts';
import { correctedCount } from './project-records';
import type { ProjectRecords } from './project-records';
import type { SplitReport } from './report-data';

const BINS = 25;

/** The split of the build that is shown, and a line of every other; null before there is one. */
export function collectSplit({
  config,
  split,
  splits,
  splitRows,
  samples,
  measured,
}: ProjectRecords): SplitReport | null {
  if (split === undefined) return null;
  const classOf = new Map(samples.map(({ key, className }) => [key, className]));
  const count = (rows: readonly SplitRow[]): Record<NoiseKind, number> => ({
    clean: rows.filter(({ kind }) => kind === 'clean').length,
    closed: rows.filter(({ kind }) => kind === 'closed').length,
    open: rows.filter(({ kind }) => kind === 'open').length,
  });
  return {
    method: split.method,
    counts: count(splitRows),
    byClass: config.classes.map(({ name }) => ({
      name,
      ...count(splitRows.filter(({ key }) => classOf.get(key) === name)),
    })),
    histogram: histogramOf(splitRows, split.method),
    corrected: correctedCount(split),
    quality: split.quality ?? null,
    ...(measured && { measured }),
    all: splits.map((one) => ({
      method: one.method,
      counts: one.counts as unknown as Record<NoiseKind, number>,
      corrected: correctedCount(one),
      quality: one.quality ?? null,
    })),
  };
}

function histogramOf(rows: readonly SplitRow[], method: string): KindHistogram | null {
  if (rows.length === 0) return null;
  const counts = Object.fromEntries(NOISE_KINDS.map((kind) => [kind, new Array<number>(BINS).fill(0)])) as Record<
    NoiseKind,
    number[]
  >;
  for (const { kind, score } of rows) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)));
    counts[kind][bin] = (counts[kind][bin] ?? 0) + 1;
  }
  return {
    label:
      method === 'edl-gmm'
        ? 'evidential loss of the given label, scaled to 0..1'
        : 'score of the split: low where the label looks right',
    edges: Array.from({ length: BINS + 1 }, (_, edge) => edge / BINS),
    counts,
  };
}
