import type { EngineHit, JsonValue, ResponseClass } from '@winnow/contracts';

/** Wishes of the project that an engine may honour. */
export interface SearchFilters {
  readonly licenses: 'any' | 'commercial' | 'public-domain';
  readonly safe: 'strict' | 'moderate' | 'off';
}

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
  readonly class: ResponseClass;
  readonly hits: readonly EngineHit[];
  /** For the request of the next page; null when there is none. */
  readonly next: JsonValue;
  /** Where the body, not a header, states how long to wait. */
  readonly retryAfterMillis?: number;
}

/** One search engine: a request builder and a pure parser. Neither does I/O. */
export interface Engine {
  readonly name: string;
  /** Official interfaces may be asked by programs; of scraped ones robots.txt is obeyed first. */
  readonly kind: 'official' | 'official-key' | 'scraped';
  /** Whether a project that names no engines gets this one. */
  readonly enabledByDefault: boolean;
  /** Whether it can filter by licence itself; otherwise hits are filtered by the licence they state. */
  readonly filtersLicenses: boolean;
  request(query: string, cursor: JsonValue, filters: SearchFilters): EngineRequest;
  /** Never throws, whatever the body is. */
  parse(body: string, meta: ResponseMeta): ParsedPage;
}
