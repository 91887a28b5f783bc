import type { JsonValue, RunSummary } from '@winnow/contracts';
import { spread } from '@winnow/runs';
import type { RunRecord, Spread } from '@winnow/runs';

import type { RunReport } from './report-data';

/** Runs that differ in their seed only. */
export interface ResultGroup {
  readonly method: string;
  readonly model: string;
  readonly epochs: number;
  readonly engine: string;
  /** That the students learned from; null where they read none, or it was not recorded. */
  readonly split: string | null;
  readonly seeds: readonly number[];
  readonly parameters: number | null;
  readonly accuracy: Spread | null;
  readonly agreement: Spread | null;
  readonly seconds: Spread;
  /** Mean over the seeds that measured it, 0..1. */
  readonly perClass: Readonly<Record<string, number>>;
  readonly runs: readonly RunReport[];
}

/** Equal for runs that differ in their seed only. */
export function settingsOf({ config, manifest }: Pick<RunRecord, 'config' | 'manifest'>): string {
  const { train, ...rest } = config as { readonly train?: Readonly<Record<string, JsonValue>> };
  const { seed: _seed, ...course } = train ?? {};
  return JSON.stringify([rest, course, manifest.teacherDigest]);
}

/**
 * Groups runs by method, model, epochs, engine, the split that they learned from and all other settings, in order of first
 * appearance; seeds ascend.
 */
export function groupRuns(runs: readonly RunReport[]): ResultGroup[] {
  const groups = new Map<string, RunReport[]>();
  for (const run of runs) {
    const { method, model, epochs, engine, parameters } = run.summary;
    const key = JSON.stringify([method, model, epochs, engine, parameters, splitOf(run), run.settings]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map(describe);
}

function describe(unsorted: readonly RunReport[]): ResultGroup {
  const runs = [...unsorted].sort((a, b) => a.summary.seed - b.summary.seed);
  const [first] = runs;
  if (first === undefined) throw new RangeError('a group of runs is never empty');
  const measured = (of: (summary: RunSummary) => number | null): Spread | null =>
    spread(runs.map(({ summary }) => of(summary)));
  return {
    method: first.summary.method,
    model: first.summary.model,
    epochs: first.summary.epochs,
    engine: first.summary.engine,
    split: splitOf(first),
    parameters: first.summary.parameters ?? null,
    seeds: runs.map((run) => run.summary.seed),
    accuracy: measured((summary) => summary.accuracy),
    agreement: measured((summary) => summary.agreement),
    seconds: measured((summary) => summary.seconds) ?? { mean: 0, sd: null, count: 0 },
    perClass: meanByClass(runs),
    runs,
  };
}

function splitOf({ summary }: RunReport): string | null {
  const { split, readsSplit } = summary;
  if (split === undefined || readsSplit !== true) return null;
  return split.corrected === 0 ? split.method : `${split.method}, ${split.corrected} corrected`;
}

function meanByClass(runs: readonly RunReport[]): Record<string, number> {
  const measured = runs.map(({ summary }) => summary.perClassAccuracy ?? {});
  const classes = [...new Set(measured.flatMap((accuracies) => Object.keys(accuracies)))];
  return Object.fromEntries(classes.map((name) => [name, spread(measured.map((of) => of[name]))?.mean ?? 0]));
}

/** The method, with more where another group has the same one. */
export function groupName(group: ResultGroup, groups: readonly ResultGroup[]): string {
  const namesakes = groups.filter((other) => other.method === group.method);
  if (namesakes.length === 1) return group.method;
  const name = (one: ResultGroup): string => `${one.method}, ${one.model}, ${one.epochs} epochs`;
  const alike = namesakes.filter((other) => name(other) === name(group));
  return alike.length === 1 ? name(group) : `${name(group)}, settings ${alike.indexOf(group) + 1}`;
}
