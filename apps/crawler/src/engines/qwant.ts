import type { EngineHit } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import { searchMarket } from './engine';
import type { Engine, ParsedPage, ResponseMeta } from './engine';
import { asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://api.qwant.com/v3/search/images';
const PAGE_SIZE = 50;
/** Five pages. */
const MAX_OFFSET = 200;
/** Too many requests. */
const RATE_CODE = 24;
const SAFE = { strict: '2', moderate: '1', off: '0' } as const;

/** Qwant image search (Bing's index), an interface of its own pages. Cursor: `{ offset }`. */
export const qwant: Engine = {
  name: 'qwant',
  version: '1',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(['safe', 'language']),
  delayMillis: 5000,
  terms: 'Not made for programs; it asks them for a proof of being human. Ask Qwant, or use another engine.',
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    const market = searchMarket(filters.language) ?? { language: 'en', region: 'US' };
    const parameters = {
      q: text,
      count: String(PAGE_SIZE),
      offset: String(asOffset(asRecord(cursor)?.['offset'])),
      locale: `${market.language}_${market.region.toLowerCase()}`,
      device: 'desktop',
      safesearch: SAFE[filters.safe],
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url: url.href, headers: { accept: 'application/json', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    if (looksLikeCaptcha(body.slice(0, 2000))) return pageWithoutHits('captcha');
    const json = parseJsonRecord(body);
    if (json === undefined) return pageWithoutHits('format_drift');
    const data = asRecord(json['data']) ?? {};
    if (json['status'] === 'error' || 'error_code' in data) return refusal(data);
    return parseItems(asRecord(data['result']) ?? {}, meta);
  },
};

function refusal(data: JsonRecord): ParsedPage {
  if (asRecord(data['error_data'])?.['captchaUrl'] !== undefined) return pageWithoutHits('captcha');
  return pageWithoutHits(Number(data['error_code']) === RATE_CODE ? 'rate_limited' : 'denied');
}

function parseItems(result: JsonRecord, meta: ResponseMeta): ParsedPage {
  if (!Array.isArray(result['items'])) return pageWithoutHits('format_drift');
  const offset = urlNumber(meta.url, 'offset') ?? 0;
  const items = asResults(result['items']);
  if (items.length === 0) return pageWithoutHits(offset > 0 ? 'last_page' : 'empty');
  const hits = items.flatMap((item) => toHit(asRecord(item) ?? {}, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const next = offset + PAGE_SIZE;
  const hasMore = result['lastPage'] !== true && next <= MAX_OFFSET;
  return { class: 'ok', hits, next: hasMore ? { offset: next } : null };
}

function toHit(item: JsonRecord, baseUrl: string): EngineHit[] {
  const hit = cleanHit(
    {
      imageUrl: item['media'],
      pageUrl: item['url'],
      thumbUrl: item['thumbnail'],
      title: item['title'],
      width: item['width'],
      height: item['height'],
      // `thumb_type` is that of the thumbnail, and what `size` counts is not documented: neither is passed on.
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}

function asOffset(value: unknown): number {
  const isOffset = typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_OFFSET;
  return isOffset ? value : 0;
}
