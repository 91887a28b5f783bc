import type { EngineHit } from '@winnow/contracts';
import { believableWait } from '../http/retry-after';
import { cleanHit } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta } from './engine';
import { asPage, asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://api.openverse.org/v1/images/';
/** Most that a client without an account may ask for. */
const PAGE_SIZE = 20;
/** Anonymous clients see no more than some 240 results. */
const MAX_PAGES = 12;

/** Drawings are among its illustrations. */
const CATEGORIES = { photo: 'photograph', illustration: 'illustration' } as const;

const MIME_BY_TYPE: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
};

/** Openverse: openly licensed images, an official interface without a key. Cursor: `{ page }`. */
export const openverse: Engine = {
  name: 'openverse',
  version: '1',
  kind: 'official',
  transport: 'http',
  enabledByDefault: true,
  filters: new Set(['licenses', 'safe', 'size', 'type', 'aspect']),
  filterValues: { type: Object.keys(CATEGORIES) },
  delayMillis: 1000,
  terms: 'Made for programs; anonymous clients get few requests a day. Bulk copying of the catalogue is not allowed.',
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', text);
    url.searchParams.set('page', String(asPage(asRecord(cursor)?.['page'], 10_000) ?? 1));
    url.searchParams.set('page_size', String(PAGE_SIZE));
    if (filters.licenses === 'modify') url.searchParams.set('license_type', 'modification');
    if (filters.licenses === 'modify-commercial') url.searchParams.set('license_type', 'commercial,modification');
    if (filters.licenses === 'commercial') url.searchParams.set('license_type', 'commercial');
    if (filters.licenses === 'public-domain') url.searchParams.set('license', 'cc0,pdm');
    if (filters.size !== undefined) url.searchParams.set('size', filters.size);
    if (filters.aspect !== undefined) url.searchParams.set('aspect_ratio', filters.aspect);
    if (filters.type === 'photo' || filters.type === 'illustration') {
      url.searchParams.set('category', CATEGORIES[filters.type]);
    }
    if (filters.safe === 'off') url.searchParams.set('mature', 'true');
    return { url: url.href, headers: { accept: 'application/json' } };
  },
  parse(body, meta) {
    const json = parseJsonRecord(body);
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) {
      return refused.class === 'rate_limited' ? pageWithoutHits('rate_limited', waitStated(json)) : refused;
    }
    if (json === undefined) return pageWithoutHits(looksLikeCaptcha(body) ? 'captcha' : 'format_drift');
    return parseResults(json, meta);
  },
};

function parseResults(json: JsonRecord, meta: ResponseMeta): ParsedPage {
  if (!Array.isArray(json['results'])) return pageWithoutHits('format_drift');
  const page = asPage(json['page'], 10_000) ?? asPage(urlNumber(meta.url, 'page'), 10_000) ?? 1;
  const results = asResults(json['results']);
  if (results.length === 0) return pageWithoutHits(page > 1 ? 'last_page' : 'empty');
  const hits = results.flatMap((item) => toHit(asRecord(item) ?? {}, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const pageCount = asPage(json['page_count'], 1_000_000) ?? page;
  return { class: 'ok', hits, next: page < Math.min(pageCount, MAX_PAGES) ? { page: page + 1 } : null };
}

function toHit(item: JsonRecord, baseUrl: string): EngineHit[] {
  const license = typeof item['license'] === 'string' ? item['license'] : undefined;
  const version = typeof item['license_version'] === 'string' ? item['license_version'] : '';
  const hit = cleanHit(
    {
      imageUrl: item['url'],
      pageUrl: item['foreign_landing_url'],
      thumbUrl: item['thumbnail'],
      title: item['title'],
      width: item['width'],
      height: item['height'],
      mime: typeof item['filetype'] === 'string' ? MIME_BY_TYPE[item['filetype'].toLowerCase()] : undefined,
      bytes: item['filesize'],
      license: license === undefined ? undefined : `${license} ${version}`,
      licenseUrl: item['license_url'],
      creator: item['creator'],
      attribution: item['attribution'],
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

/** "Expected available in 3421 seconds." */
function waitStated(json: JsonRecord | undefined): number | undefined {
  const detail = json?.['detail'];
  const seconds = typeof detail === 'string' ? /in (\d{1,300}) seconds?/.exec(detail)?.[1] : undefined;
  return seconds === undefined ? undefined : believableWait(Number(seconds) * 1000);
}
