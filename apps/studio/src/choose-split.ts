import type { ProjectConfig } from '@winnow/config';
import type { RunRow, SplitRecord } from '@winnow/db';

/**
 * The split to show of those of a build: of the method that the project names, else of the one from which its own
 * method's students learned; with a person's corrections where the project has some; the newest of what is left.
 * Methods bring splits of their own, so the newest of all may be another method's.
 * @param splits newest first
 */
export function chooseSplit(
  splits: readonly SplitRecord[],
  { split, train }: Pick<ProjectConfig, 'split' | 'train'>,
  runs: readonly Pick<RunRow, 'method' | 'splitId'>[],
): SplitRecord | undefined {
  const learnedFrom = new Set(runs.filter(({ method }) => method === train.method).map(({ splitId }) => splitId));
  const method = split.method === 'auto' ? splits.find(({ id }) => learnedFrom.has(id))?.method : split.method;
  const isCorrected = split.corrections !== undefined;
  const preferences: readonly ((one: SplitRecord) => boolean)[] = [
    (one) => method === undefined || one.method === method,
    (one) => correctedCount(one) > 0 === isCorrected,
  ];
  return preferences.reduce((left, isPreferred) => {
    const preferred = left.filter(isPreferred);
    return preferred.length > 0 ? preferred : left;
  }, splits)[0];
}

/** Pictures whose kind a person told. */
export function correctedCount({ config }: Pick<SplitRecord, 'config'>): number {
  return (config as { readonly corrections?: { readonly count: number } } | null)?.corrections?.count ?? 0;
}
