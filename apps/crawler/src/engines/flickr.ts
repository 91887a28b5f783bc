import type { EngineHit, ResponseClass } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { asPage, asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

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
/** Of the sizes that it offers, the first that an image has: the original, then 1024, 800 and 640 pixels. */
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
    const refused = refusedResponse(meta, body);
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

interface FlickrLicense {
  readonly name: string;
  readonly url?: string;
}

const creative = (kind: string, version: '2.0' | '4.0'): FlickrLicense => ({
  name: `${kind} ${version}`,
  url: `https://creativecommons.org/licenses/${kind}/${version}/`,
});

/** By the ids of `flickr.photos.licenses.getInfo`; those from 11 on came in June 2025. */
const LICENSES: Readonly<Partial<Record<string, FlickrLicense>>> = {
  '0': { name: 'all rights reserved' },
  '1': creative('by-nc-sa', '2.0'),
  '2': creative('by-nc', '2.0'),
  '3': creative('by-nc-nd', '2.0'),
  '4': creative('by', '2.0'),
  '5': creative('by-sa', '2.0'),
  '6': creative('by-nd', '2.0'),
  '7': { name: 'no known copyright restrictions', url: 'https://www.flickr.com/commons/usage/' },
  '8': { name: 'United States government work', url: 'https://www.usa.gov/government-copyright' },
  '9': { name: 'cc0 1.0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' },
  '10': { name: 'pdm 1.0', url: 'https://creativecommons.org/publicdomain/mark/1.0/' },
  '11': creative('by', '4.0'),
  '12': creative('by-sa', '4.0'),
  '13': creative('by-nd', '4.0'),
  '14': creative('by-nc', '4.0'),
  '15': creative('by-nc-sa', '4.0'),
  '16': creative('by-nc-nd', '4.0'),
};

/** "No known restrictions" (7) grants nothing, so no filter but `any` takes it. */
const IDS: Readonly<Record<SearchFilters['licenses'], string | undefined>> = {
  any: undefined,
  share: '1,2,3,4,5,6,8,9,10,11,12,13,14,15,16',
  commercial: '4,5,6,8,9,10,11,12,13',
  modify: '1,2,4,5,8,9,10,11,12,14,15',
  'modify-commercial': '4,5,8,9,10,11,12',
  'public-domain': '8,9,10',
};

/** The licence that a photo's `license` stands for; undefined for an id that came later. */
function flickrLicense(id: unknown): FlickrLicense | undefined {
  const key = String(id);
  return Object.hasOwn(LICENSES, key) ? LICENSES[key] : undefined;
}

/** Ids between commas, for the parameter `license`; undefined asks for any. */
function flickrLicenseIds(licenses: SearchFilters['licenses']): string | undefined {
  return IDS[licenses];
}
