import { cleanHit } from './clean-hit';
import type { Engine, ResponseMeta, SearchFilters } from './engine';
import { readGoogleResults } from './google-results';
import { asPage, asRecord } from './parse-json';
import { responseLocations, looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://www.google.com/search';
const MAX_RESULTS = 1000;
/** A page with fewer results is the last one. */
const MIN_FULL_PAGE = 10;
/** Pages that only ask to switch on scripts are shorter. */
const TINY_PAGE_CHARACTERS = 2000;
const SIZES = { small: 'isz:i', medium: 'isz:m', large: 'isz:l' } as const;
const TYPES = {
  photo: 'itp:photo',
  illustration: 'itp:clipart',
  drawing: 'itp:lineart',
  transparent: 'ic:trans',
} as const;
const ASPECTS = { square: 'iar:s', tall: 'iar:t', wide: 'iar:w' } as const;

/**
 * Google image search, read from the page that a browser shows; answers in the forms for scripts and for old phones
 * are understood too, but never asked for. No consent is given and no check passed: either ends its turn.
 * Cursor: `{ start }`.
 */
export const google: Engine = {
  name: 'google',
  version: '2',
  kind: 'scraped',
  transport: 'browser',
  enabledByDefault: false,
  // Its choice of licences does not tell the common ones apart.
  filters: new Set(['safe', 'size', 'color', 'type', 'aspect', 'after', 'before', 'language']),
  delayMillis: 10_000,
  terms: "Google's terms and robots.txt forbid automated queries, and it goes to court over them: ask a lawyer first.",
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', text);
    url.searchParams.set('udm', '2');
    const start = asPage(asRecord(cursor)?.['start'], MAX_RESULTS);
    if (start !== undefined) url.searchParams.set('start', String(start));
    if (filters.safe === 'strict') url.searchParams.set('safe', 'active');
    if (filters.safe === 'off') url.searchParams.set('safe', 'off');
    const choices = [...toolChoices(filters)];
    if (choices.length > 0) url.searchParams.set('tbs', choices.join(','));
    const language = filters.language?.split('-', 1)[0];
    if (language !== undefined) url.searchParams.set('lr', `lang_${language}`);
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': acceptLanguage(filters.language) } };
  },
  parse(body, meta) {
    const locations = responseLocations(meta);
    if (locations.some(({ hostname }) => hostname.startsWith('consent.google.'))) return pageWithoutHits('consent');
    if (locations.some(({ pathname }) => pathname.startsWith('/sorry/'))) return pageWithoutHits('rate_limited');
    return refusedResponse(meta) ?? parseResults(body, meta);
  },
};

/** Choices of the bar of tools above the results. */
function* toolChoices({ size, color, type, aspect, after, before }: SearchFilters): Generator<string> {
  if (size !== undefined) yield SIZES[size];
  if (color === 'color' || color === 'gray') yield `ic:${color}`;
  else if (color !== undefined) yield `ic:specific,isc:${color}`;
  if (type !== undefined) yield TYPES[type];
  if (aspect !== undefined) yield ASPECTS[aspect];
  if (after === undefined && before === undefined) return;
  yield 'cdr:1';
  if (after !== undefined) yield `cd_min:${monthFirst(after)}`;
  if (before !== undefined) yield `cd_max:${monthFirst(before)}`;
}

/** `2026-01-31` as `1/31/2026`. */
function monthFirst(day: string): string {
  const [year, month, date] = day.split('-');
  return `${Number(month)}/${Number(date)}/${year}`;
}

function acceptLanguage(language: string | undefined): string {
  return language === undefined ? 'en-US,en' : `${language},en;q=0.5`;
}

function parseResults(body: string, meta: ResponseMeta) {
  const start = urlNumber(meta.url, 'start') ?? 0;
  const results = readGoogleResults(body);
  const hits = results.hits.flatMap((raw) => cleanHit(raw, meta.url) ?? []);
  if (hits.length > 0) {
    const next = start + hits.length;
    // The forms that are only read have no next request.
    const hasMore = hits.length >= MIN_FULL_PAGE && next <= MAX_RESULTS && results.isBrowserPage;
    return { class: 'ok' as const, hits, next: hasMore ? { start: next } : null };
  }
  if (results.asksForConsent) return pageWithoutHits('consent');
  if (body.length < TINY_PAGE_CHARACTERS && /enablejs/i.test(body)) return pageWithoutHits('denied');
  if (body.length < TINY_PAGE_CHARACTERS && body.includes('/sorry/')) return pageWithoutHits('rate_limited');
  if (looksLikeCaptcha(body)) return pageWithoutHits('captcha');
  if (results.hits.length === 0 && results.isEmpty) return pageWithoutHits(start > 0 ? 'last_page' : 'empty');
  return pageWithoutHits('format_drift');
}
