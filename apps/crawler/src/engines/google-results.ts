import type { RawHit } from './clean-hit';
import { plainTitle, scanTags } from './parse-html';
import { asList, asRecord, endOfBrackets, parseJsonRecord, parseLenientJson, wholeParts } from './parse-json';

/** What one of the forms of a results page holds. */
export interface GoogleResults {
  readonly hits: readonly RawHit[];
  /** The place of the results is there, and nothing is in it. */
  readonly isEmpty: boolean;
  /** Read from the page that browsers get, the only form that is asked for. */
  readonly isBrowserPage: boolean;
  /** Without hits: a form of the page goes to the place where consent is kept. */
  readonly asksForConsent: boolean;
}

/** Results of the page that browsers get, of the answer to scripts, or of the page for old phones. */
export function readGoogleResults(body: string): GoogleResults {
  if (/^\s*(?:\)\]\}'|\{)/.test(body)) return readAsyncResponse(body);
  const inScripts = readScriptData(body);
  if (inScripts.hits.length > 0) return inScripts;
  const inLinks = readLinks(body);
  return inScripts.isEmpty ? { ...inScripts, asksForConsent: inLinks.asksForConsent } : inLinks;
}

/** `)]}'`, then `{"ischj":{"metadata":[...]}}`. */
function readAsyncResponse(body: string): GoogleResults {
  const text = body.slice(body.indexOf('{'));
  const json = parseJsonRecord(text);
  const metadata = json === undefined ? wholeParts(text, '{') : asRecord(json['ischj'])?.['metadata'];
  const hits = asList(metadata).flatMap((value): RawHit[] => {
    const item = asRecord(value);
    const image = asRecord(item?.['original_image']);
    const result = asRecord(item?.['result']);
    if (image === undefined) return [];
    const rights = asRecord(result?.['iptc']);
    const creators = asList(rights?.['creator']).filter((name) => typeof name === 'string');
    return [
      {
        imageUrl: image['url'],
        width: image['width'],
        height: image['height'],
        pageUrl: result?.['referrer_url'],
        thumbUrl: asRecord(item?.['thumbnail'])?.['url'],
        title: plainTitle(result?.['page_title']),
        creator: creators.join(', '),
        attribution: rights?.['copyright_notice'],
      },
    ];
  });
  return {
    hits,
    isEmpty: json !== undefined && Array.isArray(metadata) && metadata.length === 0,
    isBrowserPage: false,
    asksForConsent: false,
  };
}

/** More than any page has. */
const MAX_HITS = 2000;

/** `<a href="/imgres?imgurl=...&imgrefurl=...&w=..&h=..">` */
function readLinks(body: string): GoogleResults {
  const hits: RawHit[] = [];
  let asksForConsent = false;
  scanTags(body, ({ name, attribute }) => {
    asksForConsent ||= name === 'form' && /^https?:\/\/consent\.google\./i.test(attribute('action') ?? '');
    const href = name === 'a' ? attribute('href') : undefined;
    const thumb = name === 'img' ? attribute('src') : undefined;
    const last = hits.at(-1);
    // The thumbnail lies within the link.
    if (thumb !== undefined && last !== undefined && last.thumbUrl === undefined) {
      hits[hits.length - 1] = { ...last, thumbUrl: thumb };
    }
    if (href === undefined || !/^(?:https?:\/\/[^/]*)?\/imgres\?/i.test(href)) return undefined;
    const facts = new URLSearchParams(href.slice(href.indexOf('?') + 1));
    hits.push({
      imageUrl: facts.get('imgurl'),
      pageUrl: facts.get('imgrefurl'),
      width: facts.get('w'),
      height: facts.get('h'),
    });
    return hits.length === MAX_HITS ? 'stop' : undefined;
  });
  return { hits, isEmpty: false, isBrowserPage: false, asksForConsent };
}

const CALL = 'AF_initDataCallback(';

/** Data of every `AF_initDataCallback({..., data: [...], ...})`, searched by shape: the place within it moves. */
function readScriptData(body: string): GoogleResults {
  const found: (readonly RawHit[])[] = [];
  let isEmpty = false;
  for (let at = body.indexOf(CALL); at !== -1; at = body.indexOf(CALL, at)) {
    const { text, end } = dataOfCall(body, at + CALL.length);
    at = end;
    if (text === undefined) continue;
    const data = parseLenientJson(text);
    const results = searchByShape(data === undefined ? wholeParts(text, '[') : [data]);
    found.push(results.hits);
    isEmpty ||= results.isEmpty;
  }
  const hits = found.flat().slice(0, MAX_HITS);
  return { hits, isEmpty: isEmpty && hits.length === 0, isBrowserPage: true, asksForConsent: false };
}

/** From the call's bracket to the data. */
const DATA_KEY = /\s{0,20}\{[^{}[\]]{0,500}?\bdata"?\s{0,20}:\s{0,20}(?=[[{])/y;

/**
 * What follows `data:`, as far as its brackets go or, where they do not end, to the end of the page. `end` is where to
 * look on, so that no text is read twice.
 */
function dataOfCall(body: string, start: number): { text?: string; end: number } {
  DATA_KEY.lastIndex = start;
  const key = DATA_KEY.exec(body);
  if (key === null) return { end: start };
  const from = start + key[0].length;
  const end = endOfBrackets(body, from) ?? body.length;
  return { text: body.slice(from, end), end };
}

/** Goes through the data in its order without recursion: it may be nested as deeply as whoever wrote it likes. */
function searchByShape(roots: readonly unknown[]): Pick<GoogleResults, 'hits' | 'isEmpty'> {
  const hits: RawHit[] = [];
  let isEmpty = false;
  const ahead = roots.toReversed();
  while (ahead.length > 0 && hits.length < MAX_HITS) {
    const value = ahead.pop();
    if (typeof value !== 'object' || value === null) continue;
    const children: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : Object.values(value);
    const hit = Array.isArray(value) ? toHit(children) : undefined;
    if (hit !== undefined) {
      hits.push(hit);
      continue;
    }
    isEmpty ||= isEmptyGrid(children);
    for (let index = children.length - 1; index >= 0; index -= 1) ahead.push(children[index]);
  }
  return { hits, isEmpty };
}

/** `["GRID_STATE0", null, []]` */
function isEmptyGrid(children: readonly unknown[]): boolean {
  const [name, , list] = children;
  return typeof name === 'string' && /^GRID_STATE\d+$/.test(name) && Array.isArray(list) && list.length === 0;
}

interface Image {
  readonly url: string;
  readonly height: unknown;
  readonly width: unknown;
}

const THUMB = /^https?:\/\/(?:encrypted-)?tbn\d*\.(?:gstatic|google)\.com\//i;
/** Where the page of an image stands, of the keys that its facts are filed under. */
const PAGE_KEY = '2003';

/** `[0, id, [thumb, h, w], [image, h, w], ..., {"2003": [null, id, page, title, ...]}]` */
function toHit(item: readonly unknown[]): RawHit | undefined {
  const images = item.flatMap((value) => asImage(value) ?? []);
  if (images.length === 0) return undefined;
  const page = item.flatMap((value) => pageOf(asRecord(value)) ?? [])[0];
  const image = images.find(({ url }) => !THUMB.test(url) && url !== images[0]?.url) ?? loneImage(images);
  // Images of the page itself have neither.
  if (image === undefined || (page === undefined && !images.some(({ url }) => THUMB.test(url)))) return undefined;
  const thumb = images.find(({ url }) => url !== image.url);
  return {
    imageUrl: image.url,
    height: image.height,
    width: image.width,
    thumbUrl: thumb?.url,
    pageUrl: page?.url,
    title: plainTitle(page?.title),
  };
}

function loneImage(images: readonly Image[]): Image | undefined {
  return images.find(({ url }) => !THUMB.test(url));
}

/** An address and two sizes, any of which may be missing. */
function asImage(value: unknown): Image | undefined {
  if (!Array.isArray(value) || value.length < 3) return undefined;
  const [url, height, width] = value as unknown[];
  const areSizes = [height, width].every((size) => size === null || typeof size === 'number');
  return typeof url === 'string' && /^https?:\/\//i.test(url) && areSizes ? { url, height, width } : undefined;
}

function pageOf(facts: Readonly<Record<string, unknown>> | undefined): { url: string; title: unknown } | undefined {
  if (facts === undefined) return undefined;
  for (const list of [facts[PAGE_KEY], ...Object.values(facts)]) {
    const values = asList(list);
    const at = values.findIndex((value) => typeof value === 'string' && /^https?:\/\//i.test(value));
    const url = values[at];
    if (typeof url === 'string') return { url, title: values[at + 1] };
  }
  return undefined;
}
