import { braveHit } from './brave';
import { searchMarket } from './engine';
import type { Engine, ParsedPage } from './engine';
import { asRecord, asResults, parseJsonRecord } from './parse-json';
import type { JsonRecord } from './parse-json';
import { looksLikeCaptcha, pageWithoutHits, refusedResponse } from './response-meta';

const ENDPOINT = 'https://api.search.brave.com/res/v1/images/search';
/** Most that it gives; there is no second page. */
const PAGE_SIZE = 200;
const MAX_QUERY_CHARACTERS = 400;
const MAX_QUERY_WORDS = 50;
const COUNTRIES: ReadonlySet<string> = new Set(
  'AR AU AT BE BR CA CL DK FI FR DE GR HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(
    ' ',
  ),
);

/** Brave's official interface to its image search; needs a paid key. One page, no cursor. */
export const braveApi: Engine = {
  name: 'brave-api',
  version: '1',
  kind: 'official-key',
  transport: 'http',
  keyVariable: 'BRAVE_API_KEY',
  enabledByDefault: false,
  filters: new Set(['safe', 'language']),
  // One request a second in the smallest plan.
  delayMillis: 1000,
  terms: 'Made for programs that have a (paid) key; whether results may be stored depends on the plan.',
  request({ text, filters, apiKey }) {
    const url = new URL(ENDPOINT);
    url.searchParams.set('q', shortened(text));
    url.searchParams.set('count', String(PAGE_SIZE));
    // It knows no third degree.
    url.searchParams.set('safesearch', filters.safe === 'off' ? 'off' : 'strict');
    const market = searchMarket(filters.language);
    if (market !== undefined) {
      url.searchParams.set('country', COUNTRIES.has(market.region) ? market.region : 'ALL');
      url.searchParams.set('search_lang', languageCode(market));
    }
    const key: Readonly<Record<string, string>> = apiKey === undefined ? {} : { 'x-subscription-token': apiKey };
    return { url: url.href, headers: { accept: 'application/json', ...key } };
  },
  parse(body, meta) {
    const refused = refusedResponse(meta, body);
    if (refused !== undefined) return refused;
    const json = parseJsonRecord(body);
    if (json === undefined) return pageWithoutHits(looksLikeCaptcha(body) ? 'captcha' : 'format_drift');
    return parseResults(json, meta.url);
  },
};

function parseResults(json: JsonRecord, url: string): ParsedPage {
  if (!Array.isArray(json['results'])) {
    const code = asRecord(json['error'])?.['code'];
    if (typeof code !== 'string') return pageWithoutHits('format_drift');
    return pageWithoutHits(/rate|quota/i.test(code) ? 'rate_limited' : 'denied');
  }
  const items = asResults(json['results']);
  if (items.length === 0) return pageWithoutHits('empty');
  const hits = items.flatMap((item) => braveHit(item, url));
  return hits.length === 0 ? pageWithoutHits('format_drift') : { class: 'ok', hits, next: null };
}

function shortened(text: string): string {
  const words = text.split(/\s+/).slice(0, MAX_QUERY_WORDS).join(' ');
  return [...words].slice(0, MAX_QUERY_CHARACTERS).join('');
}

/** Its own spelling of some languages. */
function languageCode({ language, region }: { readonly language: string; readonly region: string }): string {
  if (language === 'zh') return ['TW', 'HK'].includes(region) ? 'zh-hant' : 'zh-hans';
  if (language === 'pt') return region === 'BR' ? 'pt-br' : 'pt-pt';
  if (language === 'en' && region === 'GB') return 'en-gb';
  return language === 'ja' ? 'jp' : language;
}
