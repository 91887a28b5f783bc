import type { EngineHit } from '@winnow/contracts';
import { decodeHTMLStrict } from 'entities';
import { cleanHit } from './clean-hit';
import { searchMarket } from './engine';
import type { Engine, ParsedPage, ResponseMeta, SearchFilters } from './engine';
import { scanTags } from './parse-html';
import type { Tag } from './parse-html';
import { asPage, asRecord, parseJsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse, urlNumber } from './response-meta';

const ENDPOINT = 'https://www.bing.com/images/async';
/** Paging by anything but this count makes pages overlap. */
const PAGE_SIZE = 35;
const MAX_RESULTS = 1000;
const LICENSES = {
  share: 'license-L2_L3_L4_L5_L6_L7',
  commercial: 'license-L2_L3_L4',
  modify: 'license-L2_L3_L5_L6',
  'modify-commercial': 'license-L2_L3',
  'public-domain': 'license-L1',
} as const;
const TYPES = {
  photo: 'photo-photo',
  illustration: 'photo-clipart',
  drawing: 'photo-linedrawing',
  transparent: 'photo-transparent',
} as const;

/**
 * Bing image search, read from its HTML. Answers 200 without or with unrelated results when it dislikes the client.
 * Of dates it knows only how long ago, counted from now, so none are asked for. Cursor: `{ first }`.
 */
export const bing: Engine = {
  name: 'bing',
  version: '3',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(['licenses', 'safe', 'size', 'color', 'type', 'aspect', 'language']),
  delayMillis: 3000,
  terms: "Microsoft's terms generally disallow crawling by third parties: ask them, or use another engine.",
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', text);
    url.searchParams.set('async', '1');
    url.searchParams.set('first', String(asPage(asRecord(cursor)?.['first'], MAX_RESULTS) ?? 1));
    url.searchParams.set('count', String(PAGE_SIZE));
    url.searchParams.set('adlt', filters.safe);
    const market = searchMarket(filters.language);
    if (market !== undefined) url.searchParams.set('mkt', `${market.language}-${market.region}`);
    const searchFilters = facets(filters).map((facet) => `+filterui:${facet}`);
    if (searchFilters.length > 0) url.searchParams.set('qft', searchFilters.join(''));
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    const first = asPage(urlNumber(meta.url, 'first'), 1_000_000) ?? 1;
    if (body.trim() === '') return pageWithoutHits(first > 1 ? 'last_page' : 'empty');
    return parseHtml(body, meta, first);
  },
};

function facets({ licenses, size, color, type, aspect }: SearchFilters): readonly string[] {
  return [
    ...(licenses === 'any' ? [] : [LICENSES[licenses]]),
    ...(size === undefined ? [] : [`imagesize-${size}`]),
    ...(color === undefined ? [] : [`color2-${colorName(color)}`]),
    ...(type === undefined ? [] : [TYPES[type]]),
    ...(aspect === undefined ? [] : [`aspect-${aspect}`]),
  ];
}

function colorName(color: NonNullable<SearchFilters['color']>): string {
  if (color === 'color') return color;
  return color === 'gray' ? 'bw' : `FGcls_${color.toUpperCase()}`;
}

function parseHtml(body: string, meta: ResponseMeta, first: number): ParsedPage {
  const { items, isEmptyList, hasNextUrl } = scanPage(body);
  const hits = items.flatMap((item) => toHit(item, meta.url));
  if (hits.length === 0) {
    if (looksLikeCaptcha(body)) return pageWithoutHits('captcha');
    // The list itself, with nothing in it, is how a search without results looks.
    if (items.length === 0 && isEmptyList) return pageWithoutHits(first > 1 ? 'last_page' : 'empty');
    return pageWithoutHits('format_drift');
  }
  const hasMore = items.length >= PAGE_SIZE || hasNextUrl;
  const next = first + PAGE_SIZE;
  return { class: 'ok', hits, next: hasMore && next <= MAX_RESULTS ? { first: next } : null };
}

interface Item {
  /** Value of the attribute `m`. */
  readonly json: string;
  readonly href: string;
  /** "656 × 496 · jpeg" */
  info: string;
}

interface ScannedPage {
  readonly items: readonly Item[];
  /** Whether the page has its list, and nothing in it. */
  readonly isEmptyList: boolean;
  readonly hasNextUrl: boolean;
}

function scanPage(body: string): ScannedPage {
  const items: Item[] = [];
  let current: Item | undefined;
  let hasList = false;
  let hasListItem = false;
  let hasNextUrl = false;
  scanTags(body, (tag) => {
    const { name, attribute } = tag;
    hasNextUrl ||= attribute('data-nexturl') !== undefined;
    if (name === 'li' || name === '/li') current = undefined;
    hasListItem ||= name === 'li' && hasList;
    hasList ||= name === 'ul' && hasClass(tag, 'dgControl_list');
    const item = itemOf(tag);
    if (item !== undefined) items.push((current = item));
    if (name === 'span' && current?.info === '' && hasClass(tag, 'nowrap')) current.info = textAt(body, tag.end);
    return items.length === MAX_RESULTS ? 'stop' : undefined;
  });
  return { items, isEmptyList: hasList && !hasListItem, hasNextUrl };
}

function itemOf(tag: Tag): Item | undefined {
  const { name, attribute } = tag;
  if (name !== 'a' || (attribute('m') === undefined && !hasClass(tag, 'iusc'))) return undefined;
  return { json: attribute('m') ?? '', href: attribute('href') ?? '', info: '' };
}

function hasClass({ attribute }: Tag, name: string): boolean {
  return (attribute('class') ?? '').split(/\s+/).includes(name);
}

/** The beginning of the text that stands behind a tag. */
function textAt(body: string, start: number): string {
  return decodeHTMLStrict(body.slice(start, start + 100).replace(/<.*/s, ''));
}

function toHit(item: Item, baseUrl: string): EngineHit[] {
  const fields = parseJsonRecord(item.json);
  if (fields === undefined) return [];
  const stated = /(\d+)\s*[×x]\s*(\d+)(?:\s*·\s*([a-z]+))?/i.exec(item.info);
  const parameters = new URLSearchParams(item.href.slice(item.href.indexOf('?') + 1));
  const hit = cleanHit(
    {
      imageUrl: fields['murl'],
      pageUrl: fields['purl'],
      thumbUrl: fields['turl'],
      title: fields['t'],
      width: parameters.get('expw') ?? stated?.[1],
      height: parameters.get('exph') ?? stated?.[2],
      mime: stated?.[3] === undefined ? undefined : `image/${stated[3].replace(/^jpg$/i, 'jpeg')}`,
      // What its `md5` is a digest of is not documented, so it is not passed on.
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}
