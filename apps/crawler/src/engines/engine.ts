import type { EngineHit, JsonValue, ResponseClass } from '@winnow/contracts';

/** What a query may ask for besides its text, in one vocabulary for all engines. */
export interface SearchFilters {
  /** What the licence must allow; `any` includes images whose licence is not known. */
  readonly licenses: 'any' | 'share' | 'commercial' | 'modify' | 'modify-commercial' | 'public-domain';
  readonly safe: 'strict' | 'moderate' | 'off';
  readonly size?: 'small' | 'medium' | 'large';
  readonly color?:
    | 'color'
    | 'gray'
    | 'red'
    | 'orange'
    | 'yellow'
    | 'green'
    | 'blue'
    | 'purple'
    | 'brown'
    | 'black'
    | 'white';
  readonly type?: 'photo' | 'illustration' | 'drawing' | 'transparent';
  readonly aspect?: 'square' | 'tall' | 'wide';
  /** First and last day of publication, `2026-01-31`, both included. */
  readonly after?: string;
  readonly before?: string;
  /** BCP 47 with or without a region: `de`, `pt-BR`. */
  readonly language?: string;
}

export type FilterName = keyof SearchFilters;

export interface EngineRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is known of an answer besides its body. */
export interface ResponseMeta {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly query: string;
}

export interface ParsedPage {
  /** `token`: no results yet, but what the request for them (`next`) needs. */
  readonly class: ResponseClass | 'token';
  readonly hits: readonly EngineHit[];
  /** For the request of the next page; null when there is none. */
  readonly next: JsonValue;
  /** Where the body, not a header, states how long to wait. */
  readonly retryAfterMillis?: number;
}

/** What a request is made of. */
interface EngineQuery {
  readonly text: string;
  /** `next` of the page before; null for the first page. */
  readonly cursor: JsonValue;
  readonly filters: SearchFilters;
  /** For engines of the kind `official-key`. */
  readonly apiKey?: string;
}

/** One search engine: a request builder and a pure parser. Neither does I/O. */
export interface Engine {
  readonly name: string;
  /** Of the parser; raised whenever it reads answers differently. */
  readonly version: string;
  /** Official interfaces may be asked by programs; of scraped ones robots.txt is obeyed first. */
  readonly kind: 'official' | 'official-key' | 'scraped';
  /** `browser`: the page makes its results with scripts. */
  readonly transport: 'http' | 'browser';
  /** Environment variable that holds the key, for the kind `official-key`. */
  readonly keyVariable?: string;
  /** Whether a project that names no engines gets this one. */
  readonly enabledByDefault: boolean;
  /** Filters that it honours itself. Of the others `licenses` is applied to the stated licences, the rest is reported. */
  readonly filters: ReadonlySet<FilterName>;
  /** Of filters that it honours for some values only: those values. */
  readonly filterValues?: Readonly<Partial<Record<FilterName, readonly string[]>>>;
  /** Least time between two requests, milliseconds, whatever the project says. */
  readonly delayMillis: number;
  /** What the operator should know before naming it: terms, limits. One line. */
  readonly terms: string;
  request(query: EngineQuery): EngineRequest;
  /** The cursor without what may have run out meanwhile, such as a token: for going on after a refusal. */
  renewCursor?(cursor: JsonValue): JsonValue;
  /** Never throws, whatever the body is. */
  parse(body: string, meta: ResponseMeta): ParsedPage;
}

/** A language with the region that it is asked in. */
export interface SearchMarket {
  /** Lower case: `pt`. */
  readonly language: string;
  /** Upper case: `BR`. */
  readonly region: string;
}

/**
 * Splits `pt-BR`; a language without a region gets the one where most of its speakers live.
 * @returns undefined when it is no language that has a known region
 */
export function searchMarket(tag: string | undefined): SearchMarket | undefined {
  if (tag === undefined) return undefined;
  try {
    const { language, region } = new Intl.Locale(tag).maximize();
    return language === undefined || region === undefined ? undefined : { language, region };
  } catch {
    return undefined;
  }
}
