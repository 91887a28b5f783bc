import type { JsonValue } from '@winnow/contracts';
import { detectSoftBlock } from '../listing/detect-soft-block';
import { fixturesAtHand, itShared, readFixture } from '../spec-support/shared-fixtures';
import type { Engine, ParsedPage } from './engine';
import { ENGINES } from './engines';

interface Route {
  readonly engine: string;
  readonly request: string;
  readonly file: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly class: string;
}

/** One file of a route, in the place of `{c}` and `{p}`. */
interface Response {
  readonly route: Route;
  readonly file: string;
  readonly query: string;
  readonly page: number;
}

const CLASSES = ['tabby_cat', 'golden_retriever'];
const FILTERS = { licenses: 'any', safe: 'strict' } as const;

const [text] = fixturesAtHand(['routes.json']);
const ROUTES = text === undefined ? [] : (JSON.parse(text) as { routes: readonly Route[] }).routes;
const ENGINES_BY_NAME: Readonly<Partial<Record<string, Engine>>> = ENGINES;

describe('the documented routes (need ../shared)', () => {
  itShared('are as many as the tests know of', () => {
    expect(ROUTES).toHaveLength(31);
    expect(new Set(ROUTES.map(({ engine }) => engine)).size).toBe(12);
  });

  for (const [number, route] of ROUTES.entries()) {
    it(`${number + 1}. ${route.engine}: ${route.file} is ${route.class}`, () => checkRoute(route));
  }
});

function checkRoute(route: Route): void {
  const check = CHECKS[route.class];
  if (check === undefined) throw new Error(`the spec does not know what "${route.class}" means`);
  const responses = outputsOf(route);
  expect(responses).not.toEqual([]);
  for (const response of responses) check(response);
}

/** What the prose of the file means. Entries that are not here fail. */
const CHECKS: Readonly<Partial<Record<string, (response: Response) => void>>> = {
  ok: (response) => {
    const page = parse(response);
    expect(judged(response, page).class).toBe('ok');
    expect(page.hits).toHaveLength(imagesIn(readFixture(response.file)));
    for (const { imageUrl, title } of page.hits) {
      expect(imageUrl).toMatch(/^http:\/\/img\.fixture\.test\/[a-z_]+\/\d{4}\.(?:jpg|png|webp)$/);
      // No markup, no escapes of any kind.
      expect(title ?? '').not.toMatch(/&(?:amp|quot|#)|\\u/);
    }
  },
  'ok (1 hit)': (response) => {
    const page = parse(response);
    expect(judged(response, page).class).toBe('ok');
    expect(page.hits).toHaveLength(1);
  },
  token: (response) => {
    expect(parse(response)).toMatchObject({ class: 'token', hits: [], next: { vqd: expect.any(String), s: 0 } });
  },
  'empty on page 1 (soft_block once the query is known to have results), last_page after a full page': (response) => {
    expect(judged(response, parse(response)).class).toBe('empty');
    expect(judged(response, parse(response), 35).class).toBe('soft_block');
    const before = parse({ ...response, file: 'bing/tabby_cat_p3.html' });
    expect(judged(response, parse(response, before.next), 105).class).toBe('last_page');
  },
  'denied or rate_limited': (response) => {
    expect(['denied', 'rate_limited']).toContain(judged(response, parse(response)).class);
  },
  ...Object.fromEntries(
    (['soft_block', 'captcha', 'consent', 'rate_limited', 'denied'] as const).map((name) => [
      name,
      (response: Response) => {
        const page = judged(response, parse(response));
        expect(page).toMatchObject({ class: name, hits: [], next: null });
      },
    ]),
  ),
};

/** Both classes, and all pages of those that page. */
function outputsOf(route: Route): readonly Response[] {
  const names = route.file.includes('{c}') ? CLASSES : [''];
  const pages = route.file.includes('{p}') ? [1, 2, 3] : [1];
  return names.flatMap((name) =>
    pages.map((page) => ({
      route,
      file: route.file.replace('{c}', name).replace('{p}', String(page)),
      query: (name === '' ? 'tabby_cat' : name).replaceAll('_', ' '),
      page,
    })),
  );
}

/**
 * Parses an answer as the answer to the request that the engine makes for it: of the first page, or of the page whose
 * cursor the page before gives.
 */
function parse(response: Response, cursor: JsonValue = cursorOf(response)): ParsedPage {
  const { route, file, query } = response;
  const engine = engineOf(route);
  const { url } = engine.request({ text: query, cursor, filters: FILTERS, apiKey: 'key' });
  return engine.parse(readFixture(file), { status: route.status, headers: route.headers, url, query });
}

function cursorOf(response: Response): JsonValue {
  const isResults = response.route.engine === 'duckduckgo' && response.route.file.endsWith('.json');
  const firstCursor = isResults ? { vqd: '4-1', s: 0 } : null;
  if (response.page === 1) return firstCursor;
  const page = response.page - 1;
  const file = response.file.replace(`p${response.page}`, `p${page}`);
  const { next } = parse({ ...response, file, page });
  // The old form of Google's answers is parsed only: winnow asks for no second page of it.
  if (response.route.engine !== 'google') expect(next).not.toBeNull();
  return next;
}

function judged({ route, query }: Response, page: ParsedPage, hitCount = 0): ParsedPage {
  return detectSoftBlock(engineOf(route), page, { query, hitCount });
}

function engineOf({ engine: name }: Route): Engine {
  const engine = ENGINES_BY_NAME[name];
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  return engine;
}

/** Images and their thumbnails have the same number. */
function imagesIn(body: string): number {
  const plain = body.replaceAll('%2F', '/').replaceAll('\\/', '/');
  return new Set([...plain.matchAll(/img\.fixture\.test\/[a-z_]+\/(\d{4})/g)].map(([, number]) => number)).size;
}
