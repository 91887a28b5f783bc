import type { EngineHit } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import type { Engine } from './engine';
import { readJsLiteral } from './js-literal';
import { asRecord, asResults } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse } from './response-meta';

const ENDPOINT = 'https://search.brave.com/images';
/** A page has a few lists of this name. */
const MAX_LISTS = 20;
/** Of lists that are read, whether they turn out to be any or not, before no other is looked for. */
const MAX_LIST_CHARACTERS = 500_000;
/** How a search without results looks: the answer itself holds the list, and nothing is in it. */
const EMPTY_RESPONSE = /\bresponse["']?\s*:\s*\{[^{}[\]]{0,2000}\bresults["']?\s*:\s*\[\s*\]/;
/** Its own proof of being human, by a computation. */
const OWN_CAPTCHA = /<form[^<>]{0,500}captcha|pow-captcha/i;

/**
 * Brave's image search, read from the JavaScript object in its page: one page a query, no cursor. It takes its filters
 * from cookies, and winnow sends none, so it has no filters here: its pages come at Brave's default, moderate.
 */
export const brave: Engine = {
  name: 'brave',
  version: '2',
  kind: 'scraped',
  transport: 'http',
  enabledByDefault: false,
  filters: new Set(),
  delayMillis: 5000,
  terms: 'Not made for programs; there is an official interface (brave-api). Ask Brave, or use that.',
  request({ text }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', text);
    return { url: url.href, headers: { accept: 'text/html', 'accept-language': 'en-US,en' } };
  },
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    const lists = resultLists(body);
    const hits = lists.flatMap((list) => list.flatMap((item): EngineHit[] => braveHit(item, meta.url)));
    if (hits.length > 0) return { class: 'ok', hits, next: null };
    if (lists.every((list) => list.length === 0) && EMPTY_RESPONSE.test(body)) return pageWithoutHits('empty');
    return pageWithoutHits(looksLikeCaptcha(body) || OWN_CAPTCHA.test(body) ? 'captcha' : 'format_drift');
  },
};

/** Every list named `results`, wherever it stands: the objects around it change more often than it does. */
function resultLists(body: string): readonly (readonly unknown[])[] {
  const lists: (readonly unknown[])[] = [];
  const start = /\bresults["']?\s*:\s*(?=\[)/g;
  let charactersRead = 0;
  for (let tries = 0; tries < MAX_LISTS && charactersRead < MAX_LIST_CHARACTERS; tries += 1) {
    if (start.exec(body) === null) break;
    const { value, end } = readJsLiteral(body, start.lastIndex);
    charactersRead += end - start.lastIndex;
    if (value === undefined) continue;
    lists.push(asResults(value));
    start.lastIndex = end;
  }
  return lists;
}

/** One item of Brave's image results, which its pages and its interface write alike. Empty when it names no image. */
export function braveHit(value: unknown, baseUrl: string): EngineHit[] {
  const item = asRecord(value) ?? {};
  const properties = asRecord(item['properties']) ?? {};
  const hit = cleanHit(
    {
      imageUrl: properties['url'],
      pageUrl: item['url'],
      thumbUrl: asRecord(item['thumbnail'])?.['src'],
      title: item['title'],
      width: properties['width'],
      height: properties['height'],
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}
