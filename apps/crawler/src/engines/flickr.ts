import type { EngineHit, ResponseClass } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { flickrLicense, flickrLicenseIds } from './flickr-licenses';
import { asPage, asRecord, asResults, parseJsonRecord } from './json-body';
import type { JsonRecord } from './json-body';
import { looksLikeCaptcha, pageWithoutHits, refusedAnswer } from './response-meta';
import { urlNumber } from './url-number';

const ENDPOINT = 'https://api.flickr.com/services/rest/';
const PAGE_SIZE = 500;
/** Pages repeat from here on. */
const MAX_RESULTS = 4000;
/** Its index or service is down for now. */
const BUSY_CODES: ReadonlySet<unknown> = new Set([0, 10, 105, 106]);
const SAFE = { strict: '1', moderate: '2', off: '3' } as const;
/** Photographs; "other", which is art and illustrations. */
const CONTENT_TYPES = { photo: '1', illustration: '3' } as const;
const DAY_SECONDS = 24 * 3600;
/** Of the sizes that it offers, the first that a picture has: the original, then 1024, 800 and 640 pixels. */
const SIZES = ['o', 'l', 'c', 'z'] as const;

/** Flickr's official interface; needs a free key. Dates are those of the upload. Cursor: `{ page }`. */
export const flickr: Engine = {
  name: 'flickr',
  version: '1',
  kind: 'official-key',
  transport: 'http',
  keyVariable: 'FLICKR_API_KEY',
  enabledByDefault: false,
  filters: new Set(['licenses', 'safe', 'type', 'after', 'before']),
  filterValues: { type: Object.keys(CONTENT_TYPES) },
  // 3600 requests an hour and key.
  delayMillis: 1000,
  terms:
    'Made for programs that have a key; keys for commercial use are granted on request. Each photo has its licence.',
  request({ text, cursor, filters, apiKey }) {
    const url = new URL(ENDPOINT);
    const parameters: Record<string, string | undefined> = {
      method: 'flickr.photos.search',
      api_key: apiKey ?? '',
      format: 'json',
      nojsoncallback: '1',
      text,
      sort: 'relevance',
      media: 'photos',
      content_type: filters.type === 'illustration' ? CONTENT_TYPES.illustration : CONTENT_TYPES.photo,
      safe_search: SAFE[filters.safe],
      license: flickrLicenseIds(filters.licenses),
      ...uploadDates(filters),
      extras: 'license,owner_name,date_upload,url_o,url_l,url_c,url_z,url_n,tags',
      per_page: String(PAGE_SIZE),
      page: String(asPage(asRecord(cursor)?.['page'], MAX_RESULTS / PAGE_SIZE) ?? 1),
    };
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return { url: url.href, headers: { accept: 'application/json' } };
  },
  parse(body, meta) {
    const refused = refusedAnswer(meta, body);
    if (refused !== undefined) return refused;
    const json = parseJsonRecord(body);
    if (json === undefined) return pageWithoutHits(looksLikeCaptcha(body) ? 'captcha' : 'format_drift');
    // Refusals come with status 200.
    if (json['stat'] === 'fail') return pageWithoutHits(classOfFailure(json));
    return parsePhotos(asRecord(json['photos']) ?? {}, meta);
  },
};

function classOfFailure(json: JsonRecord): ResponseClass {
  return BUSY_CODES.has(Number(json['code'])) ? 'rate_limited' : 'denied';
}

function uploadDates({ after, before }: SearchFilters): Record<string, string | undefined> {
  return {
    min_upload_date: daySeconds(after, 0),
    // The day itself is included.
    max_upload_date: daySeconds(before, DAY_SECONDS - 1),
  };
}

function daySeconds(day: string | undefined, plus: number): string | undefined {
  const millis = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(millis) ? undefined : String(millis / 1000 + plus);
}

function parsePhotos(photos: JsonRecord, meta: ResponseMeta): ParsedPage {
  if (!Array.isArray(photos['photo'])) return pageWithoutHits('format_drift');
  const page = whole(photos['page']) ?? urlNumber(meta.url, 'page') ?? 1;
  const items = asResults(photos['photo']);
  if (items.length === 0) return pageWithoutHits(page > 1 ? 'last_page' : 'empty');
  const hits = items.flatMap((item) => toHit(asRecord(item) ?? {}, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const pages = whole(photos['pages']) ?? 1;
  const pageSize = whole(photos['perpage']) ?? PAGE_SIZE;
  const hasMore = page < pages && page * pageSize < MAX_RESULTS;
  return { class: 'ok', hits, next: hasMore ? { page: page + 1 } : null };
}

function toHit(photo: JsonRecord, baseUrl: string): EngineHit[] {
  const [size, ...smaller] = SIZES.filter((name) => typeof photo[`url_${name}`] === 'string');
  if (size === undefined) return [];
  const license = flickrLicense(photo['license']);
  const hit = cleanHit(
    {
      imageUrl: photo[`url_${size}`],
      pageUrl: pageOf(photo),
      thumbUrl: photo['url_n'] ?? photo['url_z'],
      title: textOf(photo['title']),
      width: photo[`width_${size}`] ?? (size === 'o' ? photo['o_width'] : undefined),
      height: photo[`height_${size}`] ?? (size === 'o' ? photo['o_height'] : undefined),
      license: license?.name,
      licenseUrl: license?.url,
      creator: textOf(photo['ownername']),
      engineDups: smaller.map((name) => photo[`url_${name}`]),
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

function pageOf(photo: JsonRecord): string | undefined {
  const { owner, id } = photo;
  if (typeof owner !== 'string' || !/^[\w@-]{1,60}$/.test(owner)) return undefined;
  return /^\d{1,20}$/.test(String(id)) ? `https://www.flickr.com/photos/${owner}/${String(id)}` : undefined;
}

/** A text, alone or as `{ _content }`. */
function textOf(value: unknown): unknown {
  return asRecord(value)?.['_content'] ?? value;
}

/** Numbers come as such or as texts. */
function whole(value: unknown): number | undefined {
  return asPage(typeof value === 'string' ? Number(value) : value, 1_000_000_000);
}
