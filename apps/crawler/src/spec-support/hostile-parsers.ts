import { RESPONSE_CLASSES } from '@winnow/contracts';
import { canonicalUrl } from '@winnow/dedup';
import { decipherBaiduUrl } from '../engines/baidu';
import { cleanHit, cleanText } from '../engines/clean-hit';
import type { Engine } from '../engines/engine';
import { ENGINES } from '../engines/engines';
import { readJsLiteral } from '../engines/js-literal';
import { plainTitle, scanTags } from '../engines/parse-html';
import { parseLenientJson, wholeParts } from '../engines/parse-json';
import { looksLikeCaptcha, urlNumber } from '../engines/response-meta';
import { freshUntil } from '../http/fresh-until';
import { retryAfterMillis } from '../http/retry-after';
import { sharesWordsWithQuery } from '../listing/detect-soft-block';
import { licenseAllowed } from '../listing/license-allowed';
import { headMetas, pageOptOut } from '../opt-out/page-opt-out';
import { pageAddress } from '../opt-out/page-policy';
import { robotsTagRefusal } from '../opt-out/robots-tag';
import { parseTdmRules } from '../opt-out/tdm-rules';
import { parseRobots } from '../politeness/robots-rules';
import { HOSTILE_RESPONSES } from './hostile-responses';
import { HOSTILE_TEXTS } from './hostile-texts';

/** No page has more. */
const MAX_HITS = 2000;
const FRESHNESS = ['cache-control', 'expires', 'date', 'age', 'pragma', 'vary', 'last-modified', 'etag'];
/** No more of such a file is read. */
const MAX_POLICY_CHARACTERS = 512_000;
const URL_OF_TEXT = new URL(`https://img.test/${'a'.repeat(8000)}`);

const TEXT_PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  'Retry-After': (text) => retryAfterMillis(text, 0),
  'X-Robots-Tag': (text) => robotsTagRefusal([text], 'winnow'),
  'headers of freshness': (text) => FRESHNESS.map((name) => freshUntil({ headers: { [name]: text } }, 0)),
  'headers and head of a page': (text) =>
    pageOptOut(
      { headers: { 'tdm-reservation': text }, robotsTags: [text], body: Buffer.from(text, 'latin1') },
      { agent: 'winnow', respectTdm: true },
    ),
  'meta elements': (text) => headMetas(text),
  'robots.txt': (text) => parseRobots(text.slice(0, MAX_POLICY_CHARACTERS), 'winnow').paths.forbids(URL_OF_TEXT),
  'a rule of robots.txt': (text) =>
    parseRobots(`User-agent: *\nDisallow: /${text.slice(0, MAX_POLICY_CHARACTERS)}`, 'winnow').paths.forbids(
      URL_OF_TEXT,
    ),
  'tdmrep.json': (text) => parseTdmRules(text.slice(0, MAX_POLICY_CHARACTERS)).forbids(URL_OF_TEXT),
  'a rule of tdmrep.json': (text) =>
    parseTdmRules(JSON.stringify({ location: text.slice(0, MAX_POLICY_CHARACTERS), 'tdm-reservation': 1 })).forbids(
      URL_OF_TEXT,
    ),
  tags: (text) => scanTags(text, () => undefined),
  'JavaScript values': (text) => readJsLiteral(text, 0),
  'lenient JSON': (text) => parseLenientJson(text),
  'whole objects of damaged JSON': (text) => wholeParts(text, '{'),
  'whole lists of damaged JSON': (text) => wholeParts(text, '['),
  titles: (text) => plainTitle(text),
  'texts of hits': (text) => cleanText(text),
  hits: (text) =>
    cleanHit(
      { imageUrl: text, pageUrl: text, title: text, width: text, mime: text, sha1: text, engineDups: [text] },
      'https://img.test/',
    ),
  'URLs of Baidu': (text) => decipherBaiduUrl(text.slice(0, 100_000)),
  'marks of a captcha': (text) => looksLikeCaptcha(text),
  'words of titles': (text) => {
    const hit = { imageUrl: 'https://img.test/', title: cleanText(text) ?? '' };
    return sharesWordsWithQuery(Array<typeof hit>(MAX_HITS).fill(hit), 'tabby');
  },
  'numbers of URLs': (text) => urlNumber(text, 'a'),
  licences: (text) =>
    licenseAllowed({ imageUrl: 'https://img.test/', license: text, licenseUrl: text }, { licenses: 'commercial' }),
  'addresses of pages': (text) => pageAddress(text),
  'canonical URLs': (text) => canonicalUrl(text, text),
};

/** A parser and what it is fed with. */
interface HostileCase {
  readonly parse: (text: string) => unknown;
  readonly texts: Readonly<Record<string, string>>;
}

/** Every parser of the crawler that meets text of others. */
export const HOSTILE_CASES: Readonly<Record<string, HostileCase>> = {
  ...Object.fromEntries(Object.entries(TEXT_PARSERS).map(([name, parse]) => [name, { parse, texts: HOSTILE_TEXTS }])),
  ...Object.fromEntries(Object.values<Engine>(ENGINES).flatMap(casesOf)),
};

function casesOf(engine: Engine): [string, HostileCase][] {
  const { url } = engine.request({ text: 'cat', cursor: null, filters: { licenses: 'any', safe: 'off' } });
  return [
    [
      `answers of ${engine.name}`,
      {
        texts: { ...HOSTILE_TEXTS, ...HOSTILE_RESPONSES },
        parse(body) {
          const page = engine.parse(body, { status: 200, headers: {}, url, query: 'cat' });
          if (page.class !== 'token' && !RESPONSE_CLASSES.includes(page.class)) throw new Error(`class ${page.class}`);
          if (page.hits.length > MAX_HITS) throw new Error(`${page.hits.length} hits`);
        },
      },
    ],
    [
      `headers and addresses of ${engine.name}`,
      {
        texts: HOSTILE_TEXTS,
        parse(text) {
          const headers = { location: text, 'cf-mitigated': text, 'retry-after': text };
          engine.parse('', { status: 302, headers, url: text, query: text });
        },
      },
    ],
  ];
}
