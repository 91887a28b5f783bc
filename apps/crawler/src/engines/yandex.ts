import type { EngineHit } from '@winnow/contracts';
import { cleanHit, webUrl } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta } from './engine';
import { plainTitle, scanTags } from './parse-html';
import { asList, asPage, asRecord, asRecords, parseJsonRecord, wholeParts } from './parse-json';
import type { JsonRecord } from './parse-json';
import { responseLocations, looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://yandex.com/images/search';
/** Some 30 results each. */
const MAX_PAGES = 33;
/** Of pages that do not say whether there is another: those with fewer results are the last. */
const MIN_FULL_PAGE = 20;
const ASPECTS = { square: 'square', tall: 'vertical', wide: 'horizontal' } as const;
const CAPTCHA_MARKS = /checkbox-?captcha|smart-?captcha|checkcaptcha/i;

/** Yandex image search, read from the JSON in its HTML; knows which addresses hold the same image. Cursor: `{ page }`, from 0. */
export const yandex: Engine = {
  name: 'yandex',
  version: '2',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  // It has colours and types too, but not all of the common ones.
  filters: new Set(['size', 'aspect']),
  delayMillis: 8000,
  terms: "Yandex's terms forbid automated queries; its Search API is the way for programs.",
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('text', text);
    url.searchParams.set('p', String(asPage(asRecord(cursor)?.['page'], MAX_PAGES) ?? 0));
    if (filters.size !== undefined) url.searchParams.set('isize', filters.size);
    if (filters.aspect !== undefined) url.searchParams.set('iorient', ASPECTS[filters.aspect]);
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    const isCaptcha =
      meta.headers['x-yandex-captcha'] !== undefined ||
      responseLocations(meta).some(({ pathname }) => pathname.startsWith('/showcaptcha'));
    if (isCaptcha) return pageWithoutHits('captcha');
    return refusedResponse(meta) ?? parseHtml(body, meta);
  },
};

function parseHtml(body: string, meta: ResponseMeta): ParsedPage {
  const list = findList(body);
  const items = asRecord(list?.['items']);
  const entities = asRecord(items?.['entities']);
  if (list === undefined || items === undefined || entities === undefined) {
    const isCaptcha = CAPTCHA_MARKS.test(body) || looksLikeCaptcha(body);
    return pageWithoutHits(isCaptcha ? 'captcha' : 'format_drift');
  }
  const page = urlNumber(meta.url, 'p') ?? 0;
  const ordered = inOrder(items, entities);
  if (ordered.length === 0) return pageWithoutHits(page > 0 ? 'last_page' : 'empty');
  const hits = ordered.flatMap((entity) => toHit(entity, meta.url));
  if (hits.length === 0) return pageWithoutHits('format_drift');
  const hasMore = 'nextPageUrl' in list ? Boolean(list['nextPageUrl']) : ordered.length >= MIN_FULL_PAGE;
  return { class: 'ok', hits, next: hasMore && page + 1 < MAX_PAGES ? { page: page + 1 } : null };
}

/** Several elements carry a state; that of the results has a list of them. */
function findList(body: string): JsonRecord | undefined {
  let damaged: string | undefined;
  let found: JsonRecord | undefined;
  scanTags(body, ({ attribute }) => {
    const text = attribute('data-state');
    if (text === undefined || !text.includes('"serpList"')) return undefined;
    const state = parseJsonRecord(text);
    if (state === undefined) damaged ??= text;
    const list = asRecord((asRecord(state?.['initialState']) ?? state)?.['serpList']);
    if (asRecord(list?.['items']) === undefined) return undefined;
    found = list;
    return 'stop';
  });
  return found ?? (damaged === undefined ? undefined : readDamaged(damaged));
}

/** The results that are whole in a state that is not. */
function readDamaged(text: string): JsonRecord | undefined {
  const parts = asRecords(wholeParts(text, '{')).filter((part) => 'origUrl' in part || 'viewerData' in part);
  return parts.length === 0 ? undefined : { items: { entities: Object.fromEntries(parts.entries()) } };
}

/** As the engine ranks them: by `keys`, else by position. */
function inOrder(items: JsonRecord, entities: JsonRecord): readonly JsonRecord[] {
  const keys = asList(items['keys']).filter((key) => typeof key === 'string' && Object.hasOwn(entities, key));
  const named = asRecords(keys.map((key) => entities[String(key)]));
  return named.length > 0 ? named : [...asRecords(Object.values(entities))].sort((a, b) => position(a) - position(b));
}

function position(entity: JsonRecord): number {
  return typeof entity['pos'] === 'number' ? entity['pos'] : 0;
}

function toHit(entity: JsonRecord, baseUrl: string): EngineHit[] {
  const viewer = asRecord(entity['viewerData']);
  const snippet = asRecord(entity['snippet']);
  const dups = asRecords(viewer?.['dups']);
  const original = { url: entity['origUrl'], w: entity['origWidth'], h: entity['origHeight'] };
  const copies: readonly JsonRecord[] = [
    original,
    { url: viewer?.['img_href'] },
    ...asRecords(viewer?.['preview']),
    ...dups,
  ];
  const image = copies.find(({ url }) => webUrl(url, baseUrl) !== undefined);
  const hit = cleanHit(
    {
      imageUrl: image?.['url'],
      width: image?.['w'],
      height: image?.['h'],
      pageUrl: snippet?.['url'],
      thumbUrl: entity['image'] ?? asRecord(viewer?.['thumb'])?.['url'],
      title: plainTitle(snippet?.['title']) ?? plainTitle(entity['alt']),
      engineDups: dups.map(({ url }) => url).filter((url) => url !== image?.['url']),
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}
