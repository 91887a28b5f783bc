import { parseUrl } from '@winnow/contracts';
import type { EngineHit } from '@winnow/contracts';
import { decodeHTMLStrict } from 'entities';
import { cleanHit } from './clean-hit';
import { searchMarket } from './engine';
import type { Engine, EngineRequest, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber, urlParameter } from './response-meta';

const ORIGIN = 'https://duckduckgo.com/';
const PAGE_SIZE = 100;
/** It gives some hundred results, then the same again. */
const MAX_OFFSET = 1000;
const MAX_QUERY_CHARACTERS = 499;
const LICENSES = {
  any: '',
  share: 'Share',
  commercial: 'ShareCommercially',
  modify: 'Modify',
  'modify-commercial': 'ModifyCommercially',
  'public-domain': 'Public',
} as const;
const COLORS = {
  color: 'color',
  gray: 'Monochrome',
  red: 'Red',
  orange: 'Orange',
  yellow: 'Yellow',
  green: 'Green',
  blue: 'Blue',
  purple: 'Purple',
  brown: 'Brown',
  black: 'Black',
  white: 'White',
} as const;
const TYPES = { photo: 'photo', illustration: 'clipart', drawing: 'line', transparent: 'transparent' } as const;
const SIZES = { small: 'Small', medium: 'Medium', large: 'Large' } as const;
const LAYOUTS = { square: 'Square', tall: 'Tall', wide: 'Wide' } as const;

/**
 * DuckDuckGo image search (Bing's index), in two steps: a page that holds a token, then JSON for that token.
 * Cursor: `{ vqd, s }`; without a token the first step is taken. Of dates it knows only the last day, week, month or
 * year, so none are asked for.
 */
export const duckduckgo: Engine = {
  name: 'duckduckgo',
  version: '2',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(['licenses', 'safe', 'size', 'color', 'type', 'aspect', 'language']),
  delayMillis: 3000,
  terms: "Not made for programs; its results are Bing's. It blocks an address for about an hour: ask them first.",
  request({ text, cursor, filters }) {
    const state = asRecord(cursor);
    const vqd = asToken(state?.['vqd']);
    const offset = asOffset(state?.['s']);
    const query = [...text].slice(0, MAX_QUERY_CHARACTERS).join('');
    return vqd === undefined ? tokenRequest(query, offset) : resultsRequest(query, { vqd, offset, filters });
  },
  renewCursor: (cursor) => ({ s: asOffset(asRecord(cursor)?.['s']) }),
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    const json = parseJsonRecord(body);
    if (json !== undefined) return parseResults(json, meta);
    if (looksLikeCaptcha(body)) return pageWithoutHits('captcha');
    // How it says that there were too many requests.
    if (meta.status === 202) return pageWithoutHits('rate_limited');
    const vqd = tokenOf(body);
    if (vqd === undefined) return pageWithoutHits('format_drift');
    return { class: 'token', hits: [], next: { vqd, s: urlNumber(meta.url, 's') ?? 0 } };
  },
};

function tokenRequest(query: string, offset: number): EngineRequest {
  const url = new URL(ORIGIN);
  url.searchParams.set('q', query);
  url.searchParams.set('iar', 'images');
  url.searchParams.set('t', 'h_');
  if (offset > 0) url.searchParams.set('s', String(offset));
  return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
}

function resultsRequest(
  query: string,
  { vqd, offset, filters }: { readonly vqd: string; readonly offset: number; readonly filters: SearchFilters },
): EngineRequest {
  const url = new URL('i.js', ORIGIN);
  const parameters = {
    o: 'json',
    q: query,
    u: 'bing',
    l: regionOf(filters.language),
    bpia: '1',
    vqd,
    a: 'h_',
    p: filters.safe === 'off' ? '-1' : '1',
    s: String(offset),
    f: facets(filters),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, headers: { accept: 'application/json', 'accept-language': 'en-US,en', referer: ORIGIN } };
}

function facets({ size, color, type, aspect, licenses }: SearchFilters): string {
  return [
    'time:',
    `size:${size === undefined ? '' : SIZES[size]}`,
    `color:${color === undefined ? '' : COLORS[color]}`,
    `type:${type === undefined ? '' : TYPES[type]}`,
    `layout:${aspect === undefined ? '' : LAYOUTS[aspect]}`,
    `license:${LICENSES[licenses]}`,
  ].join(',');
}

/** Its own spelling of some regions and languages: `uk-en`, `jp-jp`, `tw-tzh`. */
function regionOf(tag: string | undefined): string {
  const market = searchMarket(tag);
  if (market === undefined) return 'us-en';
  const region = market.region === 'GB' ? 'uk' : market.region.toLowerCase();
  if (market.language === 'zh') return `${region}-${['TW', 'HK'].includes(market.region) ? 'tzh' : 'zh'}`;
  const language = ({ ja: 'jp', ko: 'kr', nb: 'no' } as Partial<Record<string, string>>)[market.language];
  return `${region}-${language ?? market.language}`;
}

function parseResults(json: JsonRecord, meta: ResponseMeta): ParsedPage {
  if (!Array.isArray(json['results'])) return pageWithoutHits('format_drift');
  const items = asResults(json['results']);
  const offset = urlNumber(meta.url, 's') ?? 0;
  if (items.length === 0) return pageWithoutHits(offset > 0 ? 'last_page' : 'empty');
  const hits = items.flatMap((item) => toHit(asRecord(item) ?? {}, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  return { class: 'ok', hits, next: nextOf(json, meta, offset) };
}

function nextOf(json: JsonRecord, meta: ResponseMeta, offset: number): ParsedPage['next'] {
  if (typeof json['next'] !== 'string') return null;
  const next = urlOf(json['next']);
  const stated = next === undefined ? undefined : urlNumber(next, 's');
  // Going back would go on for ever.
  const s = stated !== undefined && stated > offset ? stated : offset + PAGE_SIZE;
  if (s > MAX_OFFSET) return null;
  const vqd =
    asToken(urlParameter(meta.url, 'vqd')) ?? asToken(next === undefined ? undefined : urlParameter(next, 'vqd'));
  return vqd === undefined ? { s } : { vqd, s };
}

function urlOf(reference: string): string | undefined {
  return parseUrl(reference, ORIGIN)?.href;
}

function toHit(item: JsonRecord, baseUrl: string): EngineHit[] {
  const title = item['title'];
  const hit = cleanHit(
    {
      imageUrl: item['image'],
      pageUrl: item['url'],
      thumbUrl: item['thumbnail'],
      title: typeof title === 'string' ? decodeHTMLStrict(title.slice(0, 10_000)) : undefined,
      width: item['width'],
      height: item['height'],
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

/** `vqd="4-123"` in a script, `vqd=4-123&` in an address, `"vqd":"4-123"` in JSON. */
function tokenOf(body: string): string | undefined {
  return asToken(/\bvqd\\?["']?\s*[=:]\s*\\?["']?(\d[\d-]{2,199})/.exec(body)?.[1]);
}

function asToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,200}$/.test(value) ? value : undefined;
}

function asOffset(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_OFFSET ? value : 0;
}
