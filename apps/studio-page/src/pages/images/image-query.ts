import type { StudioSort } from '@winnow/contracts';
import type { Lasso } from '@winnow/contracts/lasso';
import { parseLasso, writeLasso } from '@winnow/contracts/lasso';
import type { Parameter, ValuesOf } from '../../address/codec';
import {
  choiceParameter,
  flagParameter,
  listParameter,
  rangeParameter,
  textParameter,
  writeValues,
} from '../../address/codec';
import { countOf } from '../../parts/numbers';

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

const KIND_OF_LETTER: Readonly<Record<string, string>> = { c: 'clean', x: 'closed', o: 'open' };
/** Letters stand for kinds, as the server reads them. */
const KINDS: Parameter<readonly string[]> = {
  ...VALUES,
  read: (text) => VALUES.read(text.replace(/(?<=^!?|,)[cxo](?=,|$)/g, (letter) => KIND_OF_LETTER[letter] ?? letter)),
};

export const NO_LASSO: Lasso = { layout: 'triangle', parts: [] };
const LASSO: Parameter<Lasso> = {
  read: (text) => parseLasso(text) ?? undefined,
  write: writeLasso,
  standard: NO_LASSO,
};

/** Which images are meant: search parameters of every page that takes a list. */
export const LIST_FILTERS = {
  kind: KINDS,
  given: VALUES,
  refined: VALUES,
  flag: VALUES,
  license: VALUES,
  engine: VALUES,
  host: VALUES,
  decided: VALUES,
  by: VALUES,
  lasso: LASSO,
  doubt: rangeParameter(),
  copies: rangeParameter(),
  side: rangeParameter(),
  q: textParameter(),
};

/** Which images are shown, in which order: the search parameters of `/pictures`. */
export const IMAGE_QUERY = {
  ...LIST_FILTERS,
  sort: choiceParameter<StudioSort>(SORTS, 'position'),
  descending: flagParameter(),
};
export type ImageQuery = ValuesOf<typeof IMAGE_QUERY>;

export type ListFilters = ValuesOf<typeof LIST_FILTERS>;

/** Filters alone, without the order: what counts. */
export function filterTexts(query: ListFilters): Record<string, string> {
  return writeValues(LIST_FILTERS, query);
}

/** One filter as words, and the query without it. */
export interface AppliedFilter {
  readonly name: string;
  readonly words: string;
  readonly without: Partial<ListFilters>;
}

const TITLES: Readonly<Record<string, string>> = {
  ...LIST_FACETS,
  by: 'By',
  lasso: 'Lasso on the map',
  q: 'Find',
  doubt: 'Doubt',
  copies: 'Copies',
  side: 'Side',
};

/** Digests are long: images that an expression names are counted. */
const expressionWords = (text: string): string =>
  text.replace(/sha256 in \(([^)]*)\)/g, (_, named: string) => countOf(named.split(',').length, 'chosen image'));

/** A filter's text as an address has it, to be read. */
export function filterWords(name: string, text: string): string {
  if (name === 'q') return expressionWords(text);
  if (name === 'lasso') return countOf(parseLasso(text)?.parts.length ?? 0, 'part');
  return text.replaceAll('\\,', ',').replaceAll(',', ', ').replace('-', ' – ');
}

export function appliedFilters(query: ListFilters): readonly AppliedFilter[] {
  return Object.entries(filterTexts(query)).map(([name, text]) => ({
    name,
    words: `${TITLES[name] ?? name}: ${filterWords(name, text)}`,
    without: { [name]: LIST_FILTERS[name as keyof ListFilters].standard } as Partial<ListFilters>,
  }));
}

/** What a decision makes of a list: those whose filters ask for decisions change their members or order. */
export function dependsOnDecisions({ decided, by, q }: ListFilters): boolean {
  return decided.length > 0 || by.length > 0 || q !== '';
}
