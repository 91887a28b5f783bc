import type { NoiseKind } from '@winnow/contracts';

/** What a person wants of a cleaned data set. */
export interface HandoverWishes {
  readonly kinds: readonly NoiseKind[];
  /** Of the kind that is called; 0 to 1. */
  readonly leastProbability: number;
  readonly isDecidedOnly: boolean;
  /** None: all. */
  readonly licenses: readonly string[];
}

/**
 * The expression of `build.where` for it. Images that no split has seen have no kind, so a kind is always asked for.
 * @param own `build.where` of the project, which `--where` takes the place of
 */
export function handoverWhere(
  { kinds, leastProbability, isDecidedOnly, licenses }: HandoverWishes,
  own: string | undefined,
): string {
  const among = (field: string, values: readonly string[]): string =>
    values.length === 1 ? `${field} = ${values[0]}` : `${field} in (${values.join(', ')})`;
  return [
    ...(own === undefined ? [] : [`(${own})`]),
    among('kind', kinds),
    ...(leastProbability > 0 ? [`doubt <= ${Number((1 - leastProbability).toFixed(4))}`] : []),
    ...(isDecidedOnly ? ['decided = decided'] : []),
    ...(licenses.length === 0 ? [] : [among('license', licenses)]),
  ].join(' and ');
}
