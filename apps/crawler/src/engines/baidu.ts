import type { EngineHit } from '@winnow/contracts';
import { cleanHit, webUrl } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta } from './engine';
import { plainTitle } from './parse-html';
import { asPage, asRecord, asRecords, parseLenientJson, wholeParts } from './parse-json';
import type { JsonRecord } from './parse-json';
import { responseLocations, looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://image.baidu.com/search/acjson';
const PAGE_SIZE = 30;
/** A page with fewer results is the last one; some may be left out of a full one. */
const MIN_FULL_PAGE = 20;
const MAX_RESULTS = 1000;
const SIZES = { small: '1', medium: '2', large: '3' } as const;
const MIME_BY_TYPE: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
};

/** Baidu image search, read from the JSON of its own pages. Cursor: `{ offset }`. */
export const baidu: Engine = {
  name: 'baidu',
  version: '2',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  // It has some colours too, but not all of the common ones.
  filters: new Set(['size']),
  delayMillis: 5000,
  terms: 'Not an interface for programs, and its terms forbid crawling; it often answers that it forbids spiders.',
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('tn', 'resultjson_com');
    url.searchParams.set('ipn', 'rj');
    url.searchParams.set('ie', 'utf-8');
    url.searchParams.set('oe', 'utf-8');
    url.searchParams.set('word', text);
    url.searchParams.set('pn', String(asPage(asRecord(cursor)?.['offset'], MAX_RESULTS) ?? 0));
    url.searchParams.set('rn', String(PAGE_SIZE));
    if (filters.size !== undefined) url.searchParams.set('z', SIZES[filters.size]);
    return { url: url.href, headers: { accept: 'application/json', 'accept-language': 'zh-CN,zh' } };
  },
  parse(body, meta) {
    if (responseLocations(meta).some(({ hostname }) => hostname === 'wappass.baidu.com'))
      return pageWithoutHits('captcha');
    const refused = refusedResponse(meta);
    if (refused !== undefined) return refused;
    const json = asRecord(parseLenientJson(body)) ?? readDamaged(body);
    if (json === undefined) return pageWithoutHits(looksLikeCaptcha(body) ? 'captcha' : 'format_drift');
    // "Forbid spider access", with status 200.
    if (isSet(json['antiFlag'])) return pageWithoutHits('soft_block');
    return parseResults(json, meta);
  },
};

/** The results that are whole in an answer that is not. */
function readDamaged(body: string): JsonRecord | undefined {
  if (!/^\s*\{/.test(body)) return undefined;
  const data = asRecords(wholeParts(body, '{')).filter((part) => 'objURL' in part || 'replaceUrl' in part);
  return data.length === 0 ? undefined : { data };
}

function isSet(flag: unknown): boolean {
  return flag === true || (typeof flag !== 'object' && Number(flag) > 0);
}

function parseResults(json: JsonRecord, meta: ResponseMeta): ParsedPage {
  if (!Array.isArray(json['data'])) return pageWithoutHits('format_drift');
  const offset = urlNumber(meta.url, 'pn') ?? 0;
  // An empty item ends every list.
  const items = asRecords(json['data']);
  const filled = items.filter((item) => Object.keys(item).length > 0);
  if (filled.length === 0) return pageWithoutHits(offset > 0 ? 'last_page' : 'empty');
  const hits = filled.flatMap((item) => toHit(item, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const next = offset + PAGE_SIZE;
  return { class: 'ok', hits, next: filled.length >= MIN_FULL_PAGE && next < MAX_RESULTS ? { offset: next } : null };
}

function toHit(item: JsonRecord, baseUrl: string): EngineHit[] {
  const type = typeof item['type'] === 'string' ? item['type'].toLowerCase() : '';
  const locations = [
    ...asRecords(item['replaceUrl']).map((location) => ({
      imageUrl: location['ObjURL'] ?? location['ObjUrl'],
      pageUrl: location['FromURL'] ?? location['FromUrl'],
    })),
    { imageUrl: decipherBaiduUrl(item['objURL']), pageUrl: undefined },
  ];
  const location = locations.find(({ imageUrl }) => webUrl(imageUrl, baseUrl) !== undefined);
  if (location === undefined) return [];
  const hit = cleanHit(
    {
      imageUrl: location.imageUrl,
      pageUrl: location.pageUrl ?? decipherBaiduUrl(item['fromURL']),
      thumbUrl: item['thumbURL'] ?? item['middleURL'] ?? item['hoverURL'],
      title: plainTitle(item['fromPageTitle']) ?? plainTitle(item['fromPageTitleEnc']),
      width: item['width'],
      height: item['height'],
      mime: Object.hasOwn(MIME_BY_TYPE, type) ? MIME_BY_TYPE[type] : undefined,
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

const MARKS: readonly (readonly [string, string])[] = [
  ['_z2C$q', ':'],
  ['_z&e3B', '.'],
  ['AzdH3F', '/'],
];
const CIPHERED = 'wkv1ju2it3hs4g5rq6fp7eo8dn9cm0bla';
const PLAIN = 'abcdefghijklmnopqrstuvw1234567890';
const PLAIN_BY_CIPHERED: ReadonlyMap<string, string> = new Map(
  [...CIPHERED].map((letter, index) => [letter, PLAIN[index] ?? letter]),
);

/** The URL that Baidu wrote in its cipher; a plain URL comes back as it is. */
export function decipherBaiduUrl(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^(?:https?:)?\/\//i.test(value)) return value;
  const marked = MARKS.reduce((text, [mark, plain]) => text.replaceAll(mark, plain), value);
  return [...marked].map((letter) => PLAIN_BY_CIPHERED.get(letter) ?? letter).join('');
}
