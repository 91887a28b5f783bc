import type { RunSummary } from '@winnow/contracts';

import type { RunReport } from './report-data';

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for a single value. */
  readonly sd: number | null;
  readonly count: number;
}

/** Runs that differ in their seed only. */
export interface ResultGroup {
  readonly method: string;
  readonly model: string;
  readonly epochs: number;
  readonly engine: string;
  readonly seeds: readonly number[];
  readonly parameters: number | null;
  readonly accuracy: Spread | null;
  readonly agreement: Spread | null;
  readonly seconds: Spread;
  /** Mean over the seeds that measured it, 0..1. */
  readonly perClass: Readonly<Record<string, number>>;
  readonly runs: readonly RunReport[];
}

/** Groups runs by method, model, epochs and engine, in order of first appearance; seeds ascend. */
export function groupRuns(runs: readonly RunReport[]): ResultGroup[] {
  const groups = new Map<string, RunReport[]>();
  for (const run of runs) {
    const { method, model, epochs, engine } = run.summary;
    const key = JSON.stringify([method, model, epochs, engine, run.parameters]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map(describe);
}

function describe(unsorted: readonly RunReport[]): ResultGroup {
  const runs = [...unsorted].sort((a, b) => a.summary.seed - b.summary.seed);
  const [first] = runs;
  if (first === undefined) throw new RangeError('a group of runs is never empty');
  const measured = (of: (summary: RunSummary) => number | null): number[] =>
    runs.flatMap((run) => of(run.summary) ?? []);
  return {
    method: first.summary.method,
    model: first.summary.model,
    epochs: first.summary.epochs,
    engine: first.summary.engine,
    parameters: first.parameters,
    seeds: runs.map((run) => run.summary.seed),
    accuracy: spread(measured((summary) => summary.accuracy)),
    agreement: spread(measured((summary) => summary.agreement)),
    seconds: spread(measured((summary) => summary.seconds)) ?? { mean: 0, sd: null, count: 0 },
    perClass: meanByClass(runs),
    runs,
  };
}

/** Mean and sample standard deviation; null of nothing. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null, count: values.length };
}

function meanByClass(runs: readonly RunReport[]): Record<string, number> {
  const values = new Map<string, number[]>();
  for (const { summary } of runs) {
    for (const [name, value] of Object.entries(summary.perClassAccuracy ?? {}))
      values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, spread(list)?.mean ?? 0]));
}

/** The method, with more where another group has the same one. */
export function groupName(group: ResultGroup, groups: readonly ResultGroup[]): string {
  const namesakes = groups.filter((other) => other.method === group.method);
  return namesakes.length === 1 ? group.method : `${group.method}, ${group.model}, ${group.epochs} epochs`;
}
