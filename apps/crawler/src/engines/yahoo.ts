import { parseUrl } from '@winnow/contracts';
import type { EngineHit } from '@winnow/contracts';
import { cleanHit, webUrl } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { plainTitle, scanTags } from './parse-html';
import { asPage, asRecord, parseJsonRecord } from './parse-json';
import { responseLocations, looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://images.search.yahoo.com/search/images';
const PAGE_SIZE = 60;
const MAX_RESULTS = 1000;
const LICENSES = {
  share: 'fsu',
  commercial: 'fsuc',
  modify: 'fmsu',
  'modify-commercial': 'fmsuc',
  'public-domain': 'pd',
} as const;
const TYPES = {
  photo: 'photo',
  illustration: 'clipart',
  drawing: 'linedrawing',
  transparent: 'transparent',
} as const;
const CONSENT_HOST = /^(?:consent|guce)\.(?:[a-z\d-]+\.)*yahoo\.com$/i;

/** Yahoo image search, read from its HTML; its index is Bing's. Cursor: `{ first }`. */
export const yahoo: Engine = {
  name: 'yahoo',
  version: '2',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(['licenses', 'size', 'color', 'type']),
  delayMillis: 5000,
  terms: "Yahoo's terms forbid automated access without permission; in Europe it first asks a person for consent.",
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('p', text);
    url.searchParams.set('b', String(asPage(asRecord(cursor)?.['first'], MAX_RESULTS) ?? 1));
    for (const [name, value] of filterParameters(filters)) url.searchParams.set(name, value);
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    if (responseLocations(meta).some(({ hostname }) => CONSENT_HOST.test(hostname))) return pageWithoutHits('consent');
    return refusedResponse(meta) ?? parseHtml(body, meta);
  },
};

function* filterParameters(filters: SearchFilters): Generator<readonly [string, string]> {
  if (filters.licenses !== 'any') yield ['imgl', LICENSES[filters.licenses]];
  if (filters.size !== undefined) yield ['imgsz', filters.size];
  if (filters.color !== undefined) yield ['imgc', filters.color === 'gray' ? 'bw' : filters.color];
  if (filters.type !== undefined) yield ['imgty', TYPES[filters.type]];
}

function parseHtml(body: string, meta: ResponseMeta): ParsedPage {
  const { items, listFound, asksForConsent } = readList(body);
  const hits = items.flatMap((json) => toHit(json, meta.url));
  const first = urlNumber(meta.url, 'b') ?? 1;
  if (hits.length === 0) {
    if (asksForConsent) return pageWithoutHits('consent');
    if (looksLikeCaptcha(body)) return pageWithoutHits('captcha');
    // The list itself, with nothing in it, is how a search without results looks.
    if (!listFound || items.length > 0) return pageWithoutHits('format_drift');
    return pageWithoutHits(first > 1 ? 'last_page' : 'empty');
  }
  const next = first + PAGE_SIZE;
  return { class: 'ok', hits, next: hits.length >= PAGE_SIZE && next <= MAX_RESULTS ? { first: next } : null };
}

interface ListFound {
  /** `data` of the list's items, empty where there is none. */
  readonly items: readonly string[];
  readonly listFound: boolean;
  readonly asksForConsent: boolean;
}

function readList(body: string): ListFound {
  const items: string[] = [];
  let listTag: string | undefined;
  let depth = 0;
  let asksForConsent = false;
  scanTags(body, ({ name, attribute }) => {
    if (name === 'form' && isConsentAddress(attribute('action'))) asksForConsent = true;
    if (listTag === undefined && attribute('id') === 'sres') listTag = name;
    if (name === listTag) depth += 1;
    if (name === `/${listTag}`) depth -= 1;
    if (depth > 0 && name === 'li') items.push(attribute('data') ?? '');
    return items.length === MAX_RESULTS || (listTag !== undefined && depth === 0) ? 'stop' : undefined;
  });
  return { items, listFound: listTag !== undefined, asksForConsent };
}

function toHit(json: string, baseUrl: string): EngineHit[] {
  const fields = parseJsonRecord(json);
  if (fields === undefined) return [];
  const hit = cleanHit(
    {
      imageUrl: [fields['ourl'], fields['iurl']].find((url) => webUrl(url, baseUrl) !== undefined),
      pageUrl: fields['rurl'],
      thumbUrl: fields['turl'],
      title: plainTitle(fields['alt']) ?? plainTitle(fields['tit']),
      width: fields['w'],
      height: fields['h'],
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

function isConsentAddress(address: string | undefined): boolean {
  return CONSENT_HOST.test(parseUrl(address ?? '')?.hostname ?? '');
}
