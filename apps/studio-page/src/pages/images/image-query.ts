import type { StudioSort } from '@winnow/contracts';
import type { Parameter, ValuesOf } from '../../address/codec';
import {
  choiceParameter,
  flagParameter,
  listParameter,
  rangeParameter,
  textParameter,
  writeValues,
} from '../../address/codec';

/** Orders by name, with words for the menu. */
export const SORT_WORDS: Readonly<Record<StudioSort, string>> = {
  position: 'as built',
  doubt: 'doubt',
  given: 'given class',
  refined: 'likely class',
  clean: 'clean',
  closed: 'closed',
  open: 'open',
  copies: 'copies',
  side: 'size',
};
export const SORTS = Object.keys(SORT_WORDS) as StudioSort[];

/** Lists of values that are counted at the side, with their titles. */
export const LIST_FACETS = {
  kind: 'Kind',
  given: 'Given class',
  refined: 'Likely class',
  flag: 'Flag',
  license: 'Licence',
  engine: 'Engine',
  host: 'Host',
  decided: 'Decided',
} as const;
export type ListFacet = keyof typeof LIST_FACETS;

export const RANGES = {
  doubt: { title: 'Doubt', max: 1, step: 0.05 },
  copies: { title: 'Copies', max: null, step: 1 },
  side: { title: 'Shorter side, pixels', max: null, step: 1 },
} as const;
export type RangeName = keyof typeof RANGES;

const VALUES: Parameter<readonly string[]> = listParameter();

/** Which images are shown, in which order: the search parameters of `/pictures`. */
export const IMAGE_QUERY = {
  kind: VALUES,
  given: VALUES,
  refined: VALUES,
  flag: VALUES,
  license: VALUES,
  engine: VALUES,
  host: VALUES,
  decided: VALUES,
  by: VALUES,
  doubt: rangeParameter(),
  copies: rangeParameter(),
  side: rangeParameter(),
  q: textParameter(),
  sort: choiceParameter<StudioSort>(SORTS, 'position'),
  descending: flagParameter(),
};
export type ImageQuery = ValuesOf<typeof IMAGE_QUERY>;

/** Filters alone, without the order: what counts. */
export function filterTexts(query: ImageQuery): Record<string, string> {
  const { sort: _sort, descending: _descending, ...filters } = writeValues(IMAGE_QUERY, query);
  return filters;
}

/** One filter as words, and the query without it. */
interface AppliedFilter {
  readonly name: string;
  readonly words: string;
  readonly without: Partial<ImageQuery>;
}

const TITLES: Readonly<Record<string, string>> = {
  ...LIST_FACETS,
  by: 'By',
  q: 'Find',
  doubt: 'Doubt',
  copies: 'Copies',
  side: 'Side',
};

export function appliedFilters(query: ImageQuery): readonly AppliedFilter[] {
  return Object.entries(filterTexts(query)).map(([name, text]) => ({
    name,
    words: `${TITLES[name] ?? name}: ${text
      .replaceAll('\\,', ',')
      .replaceAll(',', ', ')
      .replace('-', name === 'q' ? '-' : ' – ')}`,
    without: { [name]: IMAGE_QUERY[name as keyof typeof IMAGE_QUERY].standard } as Partial<ImageQuery>,
  }));
}

/** What a decision makes of a list: those whose filters ask for decisions change their members or order. */
export function dependsOnDecisions({ decided, by, q }: ImageQuery): boolean {
  return decided.length > 0 || by.length > 0 || q !== '';
}
