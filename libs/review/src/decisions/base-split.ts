import type { JsonValue } from '@winnow/contracts';

/** A data set that was made by a split or by decisions, or with other labels than the given ones. @param config as it is recorded */
export function isCleanedConfig(config: JsonValue): boolean {
  const { split, decisions, build } = (config ?? {}) as {
    readonly split?: JsonValue;
    readonly decisions?: JsonValue;
    readonly build?: { readonly labels?: string } | null;
  };
  return split !== undefined || decisions !== undefined || build?.labels !== undefined;
}

export interface BaseSplitWanted<Split> {
  /** `auto`: any. */
  readonly method: string;
  /** Digest of the decisions of today; null without any. */
  readonly decided: string | null;
  /** Of the decisions that are in a split; null without any. */
  readonly digestOf: (split: Split) => string | null;
}

/**
 * The split by which a data set is cleaned: of the method that is named the newest that was made with the decisions of
 * today, else (`isStale`) the newest of those that have decisions in them just where there are some now, else the newest.
 * @param splits of the data set, newest first
 */
export function chooseBaseSplit<Split extends { readonly method: string }>(
  splits: readonly Split[],
  { method, decided, digestOf }: BaseSplitWanted<Split>,
): { readonly split: Split; readonly isStale: boolean } | null {
  const found = splits.filter((split) => method === 'auto' || split.method === method);
  const current = found.find((split) => digestOf(split) === decided);
  const split = current ?? found.find((one) => (digestOf(one) === null) === (decided === null)) ?? found[0];
  return split === undefined ? null : { split, isStale: current === undefined };
}
