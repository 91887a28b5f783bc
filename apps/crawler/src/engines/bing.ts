import { load } from 'cheerio';
import type { EngineHit } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import type { Engine, ParsedPage, ResponseMeta } from './engine';
import { asPage, asRecord, parseJsonRecord } from './json-body';
import { looksLikeCaptcha, pageWithoutHits, refusedAnswer } from './refused-answer';

const ENDPOINT = 'https://www.bing.com/images/async';
/** Paging by anything but this count makes pages overlap. */
const PAGE_SIZE = 35;
const MAX_RESULTS = 1000;
const LICENSE_FILTERS = {
  share: '+filterui:license-L2_L3_L4_L5_L6_L7',
  commercial: '+filterui:license-L2_L3_L4',
  modify: '+filterui:license-L2_L3_L5_L6',
  'modify-commercial': '+filterui:license-L2_L3',
  'public-domain': '+filterui:license-L1',
} as const;

/** Bing image search, read from its HTML. Answers 200 without or with unrelated results when it dislikes the client. Cursor: `{ first }`. */
export const bing: Engine = {
  name: 'bing',
  version: '1',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(['licenses', 'safe']),
  delayMillis: 3000,
  terms: "Microsoft's terms generally disallow crawling by third parties: ask them, or use another engine.",
  request({ text, cursor, filters }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', text);
    url.searchParams.set('async', '1');
    url.searchParams.set('first', String(asPage(asRecord(cursor)?.['first'], MAX_RESULTS) ?? 1));
    url.searchParams.set('count', String(PAGE_SIZE));
    url.searchParams.set('adlt', filters.safe);
    if (filters.licenses !== 'any') url.searchParams.set('qft', LICENSE_FILTERS[filters.licenses]);
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    const refused = refusedAnswer(meta);
    if (refused !== undefined) return refused;
    const first = firstOf(meta.url);
    if (body.trim() === '') return pageWithoutHits(first > 1 ? 'last_page' : 'empty');
    return parseHtml(body, meta, first);
  },
};

function parseHtml(body: string, meta: ResponseMeta, first: number): ParsedPage {
  const document = load(body);
  const anchors = document('a.iusc').toArray();
  const hits = anchors.flatMap((anchor) => {
    const element = document(anchor);
    return toHit(
      {
        json: element.attr('m') ?? '',
        href: element.attr('href') ?? '',
        info: element.closest('li').find('.img_info span.nowrap').first().text(),
      },
      meta.url,
    );
  });
  if (hits.length === 0) {
    if (looksLikeCaptcha(body)) return pageWithoutHits('captcha');
    if (anchors.length > 0) return pageWithoutHits('format_drift');
    // The list itself, with nothing in it, is how a search without results looks.
    const isEmptyList = document('ul.dgControl_list').length > 0 && document('ul.dgControl_list li').length === 0;
    if (isEmptyList) return pageWithoutHits(first > 1 ? 'last_page' : 'empty');
    return pageWithoutHits('format_drift');
  }
  const hasMore = anchors.length >= PAGE_SIZE || document('[data-nextUrl], [data-nexturl]').length > 0;
  const next = first + PAGE_SIZE;
  return { class: 'ok', hits, next: hasMore && next <= MAX_RESULTS ? { first: next } : null };
}

interface Item {
  /** Value of the attribute `m`. */
  readonly json: string;
  readonly href: string;
  /** "656 × 496 · jpeg" */
  readonly info: string;
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

function firstOf(url: string): number {
  try {
    return asPage(Number(new URL(url).searchParams.get('first')), 1_000_000) ?? 1;
  } catch {
    return 1;
  }
}
