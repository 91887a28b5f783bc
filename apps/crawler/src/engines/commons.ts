import type { EngineHit, ResponseClass } from '@winnow/contracts';
import { decodeHTMLStrict } from 'entities';
import { cleanHit } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { asList, asPage, asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://commons.wikimedia.org/w/api.php';
const PAGE_SIZE = 50;
/** The search refuses offsets from here on. */
const MAX_OFFSET = 10_000;
/** Words of its search: the root of the number of pixels. */
const SIZE_WORDS = { small: 'fileres:<500', medium: 'fileres:500,1000', large: 'fileres:>1000' } as const;
const BUSY_CODES: ReadonlySet<unknown> = new Set([
  'maxlag',
  'ratelimited',
  'readonly',
  'internal_api_error_DBQueryError',
]);

/**
 * Wikimedia Commons: an official interface without a key; states a sha1 of every file. Cursor: `{ gsroffset }`.
 * All its files may be used commercially and changed. Its word for the public domain narrows the search but goes by
 * statements that some files lack, so it is not counted as a filter: the licence that a file states decides.
 */
export const commons: Engine = {
  name: 'commons',
  version: '2',
  kind: 'official',
  transport: 'http',
  enabledByDefault: true,
  filters: new Set(['size']),
  delayMillis: 1000,
  terms: 'Made for programs that name a contact; each file has its own licence.',
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    const parameters = {
      action: 'query',
      format: 'json',
      generator: 'search',
      gsrnamespace: '6',
      gsrsearch: searchText(text, filters),
      gsrlimit: String(PAGE_SIZE),
      prop: 'imageinfo',
      iiprop: 'url|size|mime|sha1|extmetadata',
      iiurlwidth: '512',
      maxlag: '5',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const offset = asPage(asRecord(cursor)?.['gsroffset'], MAX_OFFSET);
    if (offset !== undefined) url.searchParams.set('gsroffset', String(offset));
    return { url: url.href, headers: { accept: 'application/json' } };
  },
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    const json = parseJsonRecord(body);
    if (json === undefined) return pageWithoutHits(looksLikeCaptcha(body) ? 'captcha' : 'format_drift');
    const error = asRecord(json['error']);
    if (error !== undefined) return pageWithoutHits(classOfError(error));
    return parsePages(json, meta);
  },
};

function searchText(text: string, { size, licenses }: SearchFilters): string {
  return [
    'filetype:bitmap',
    ...(size === undefined ? [] : [SIZE_WORDS[size]]),
    ...(licenses === 'public-domain' ? ['haslicense:unrestricted'] : []),
    text,
  ].join(' ');
}

function classOfError(error: JsonRecord): ResponseClass {
  return BUSY_CODES.has(error['code']) ? 'rate_limited' : 'denied';
}

function parsePages(json: JsonRecord, meta: ResponseMeta): ParsedPage {
  const pages = asResults(Object.values(asRecord(asRecord(json['query'])?.['pages']) ?? {})).map(
    (page) => asRecord(page) ?? {},
  );
  if (pages.length === 0) {
    // A search without results has no `query` at all, only the mark that it is complete.
    if (!('batchcomplete' in json)) return pageWithoutHits('format_drift');
    return pageWithoutHits((urlNumber(meta.url, 'gsroffset') ?? 0) > 0 ? 'last_page' : 'empty');
  }
  const hits = pages
    .map((page, position) => ({ page, index: asPage(page['index'], 1_000_000) ?? 1_000_000 + position }))
    .sort((a, b) => a.index - b.index)
    .flatMap(({ page }) => toHit(page, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const offset = asPage(asRecord(json['continue'])?.['gsroffset'], MAX_OFFSET - PAGE_SIZE);
  return { class: 'ok', hits, next: offset === undefined ? null : { gsroffset: offset } };
}

function toHit(page: JsonRecord, baseUrl: string): EngineHit[] {
  const info = asRecord(asList(page['imageinfo'])[0]) ?? {};
  const mime = info['mime'];
  if (typeof mime === 'string' && !mime.startsWith('image/')) return [];
  const extra = asRecord(info['extmetadata']) ?? {};
  const value = (name: string): unknown => asRecord(extra[name])?.['value'];
  const hit = cleanHit(
    {
      imageUrl: info['url'],
      pageUrl: info['descriptionurl'],
      thumbUrl: info['thumburl'],
      title: typeof page['title'] === 'string' ? page['title'].replace(/^File:/, '') : undefined,
      width: info['width'],
      height: info['height'],
      mime,
      bytes: info['size'],
      sha1: info['sha1'],
      license: value('LicenseShortName') ?? value('License'),
      licenseUrl: value('LicenseUrl'),
      creator: textOfHtml(value('Artist')),
      attribution: textOfHtml(value('Attribution')),
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

const MAX_HTML_CHARACTERS = 20_000;

function textOfHtml(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const html = value.slice(0, MAX_HTML_CHARACTERS);
  return decodeHTMLStrict(html.replace(/<style[^<]*<\/style>|<[a-z/!][^<>]*>/gi, ''));
}
