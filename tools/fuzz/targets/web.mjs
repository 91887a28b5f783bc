import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';

const FIXTURES = path.resolve(import.meta.dirname, '../../../../shared/fixtures');
const ENGINES = 'openverse commons flickr brave-api bing duckduckgo brave qwant yahoo yandex baidu google'.split(' ');
/** Where the fixtures of an engine lie under another name. */
const FOLDERS = { 'brave-api': 'brave' };
const URL_OF_RESPONSE = 'https://engine.test/search?q=tabby+cat';

const buffers = (...texts) => texts.map((text) => Buffer.from(text));

const ROBOTS = buffers(
  'User-agent: *\nDisallow: /private/*.jpg$\nAllow: /private/open*\nCrawl-delay: 2\n\nUser-agent: winnow\nDisallow: /a*b*c\n',
  'User-agent: a\nuser-agent: b\nDisallow:\nSitemap: http://a.test/map.xml\n# comment\nDisallow: /%E2%82%AC?x=1&y=*\n',
);
const PAGES = buffers(
  '<!doctype html><html><head><meta name="robots" content="noai, noimageai"><title>x</title><script>if (a<b) "<meta>"</script></head><body>',
  "<meta name=robots content='otherbot: noindex'><!-- --><style>a{}</style><meta content=1 name=tdm-reservation>&uuml;",
);
const TDM = buffers(
  '[{"location":"/photos/*.jpg$","tdm-reservation":1,"tdm-policy":"x"},{"location":"*","tdm-reservation":0}]',
);
const HEADS = buffers(
  'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5\r\nX-Robots-Tag: winnow: noai, max-snippet: 3\r\nCache-Control: max-age=60\r\n\r\nhello',
  'HTTP/1.1 302 Found\r\nLocation: http://b.test/x\r\nSet-Cookie: a=b\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n\r\n',
);

export const WEB_TARGETS = {
  'http-head': httpHead,
  'http-header-values': ({ requireTypeScript }) => {
    const { robotsTagRefusal } = requireTypeScript('apps/crawler/src/opt-out/robots-tag.ts');
    const { retryAfterMillis } = requireTypeScript('apps/crawler/src/http/retry-after.ts');
    const { freshUntil } = requireTypeScript('apps/crawler/src/http/fresh-until.ts');
    return {
      corpus: buffers(
        'winnow: noai, unavailable_after: 1 Jan 2030',
        'Wed, 21 Oct 2026 07:28:00 GMT',
        'max-age=60, no-cache="a,b"',
      ),
      tokens: ['noai', 'max-age=', 'GMT', ';', '=', ' '],
      // A head is no larger.
      maxBytes: 32_768,
      run(bytes) {
        const text = bytes.toString('latin1');
        robotsTagRefusal([text], 'winnow');
        retryAfterMillis(text, 0);
        freshUntil({ headers: { 'cache-control': text, expires: text, date: text, age: text, vary: text } }, 0);
      },
    };
  },
  robots: ({ requireTypeScript }) => {
    const { parseRobots } = requireTypeScript('apps/crawler/src/politeness/robots-rules.ts');
    const url = new URL(`http://a.test/private/${'ab'.repeat(500)}.jpg?x=1`);
    return {
      corpus: ROBOTS,
      tokens: ['User-agent: ', 'Disallow: /', 'Allow: ', '\n', '*', '$', '#'],
      maxBytes: 500_000,
      run: (bytes) => parseRobots(bytes.toString(), 'winnow').paths.forbids(url),
    };
  },
  metas: ({ requireTypeScript }) => {
    const { pageOptOut } = requireTypeScript('apps/crawler/src/opt-out/page-opt-out.ts');
    return {
      corpus: PAGES,
      tokens: [
        '<!--',
        '-->',
        '<meta ',
        'name=',
        'content="',
        '<script>',
        '</script',
        '<title',
        '<![CDATA[',
        '&amp;',
        '/>',
      ],
      run: (body) => pageOptOut({ headers: {}, robotsTags: [], body }, { agent: 'winnow', respectTdm: true }),
    };
  },
  tdm: ({ requireTypeScript }) => {
    const { parseTdmRules } = requireTypeScript('apps/crawler/src/opt-out/tdm-rules.ts');
    const url = new URL(`http://a.test/photos/${'ab'.repeat(1000)}.jpg?x=1`);
    return {
      corpus: TDM,
      tokens: ['"location":', '"/*', '$"', '{', '},', '"tdm-reservation":1'],
      maxBytes: 500_000,
      run: (bytes) => parseTdmRules(bytes.toString()).forbids(url),
    };
  },
  ...Object.fromEntries(ENGINES.map((name) => [`engine-${name}`, (context) => engine(name, context)])),
};

/** The whole of a raw answer, by our own client. */
async function httpHead({ requireTypeScript }) {
  const { HttpClient } = requireTypeScript('apps/crawler/src/http/http-client.ts');
  const { DEFAULT_HTTP_LIMITS } = requireTypeScript('apps/crawler/src/http/http-limits.ts');
  let answer;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `127.0.0.1:${server.address().port}`;
  const client = new HttpClient({
    userAgent: 'winnow fuzz',
    resolve: { 'a.test': at, 'b.test': at },
    loopbackOnly: true,
    limits: { ...DEFAULT_HTTP_LIMITS, totalTimeoutMillis: 5000, firstByteTimeoutMillis: 3000, maxRedirects: 2 },
  });
  return {
    corpus: HEADS,
    tokens: [
      '\r\n',
      '\r\n\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Location: ',
      'Content-Length: ',
      'HTTP/1.1 200 OK\r\n',
      '0\r\n\r\n',
      ';x=',
      'f\r\n',
    ],
    maxBytes: 300_000,
    async run(bytes) {
      answer = bytes;
      await client.get({ url: 'http://a.test/x.jpg', maxBytes: 100_000 });
    },
    async close() {
      await client.close();
      server.close();
    },
  };
}

function engine(name, { requireTypeScript }) {
  const folder = path.join(FIXTURES, FOLDERS[name] ?? name);
  if (!existsSync(folder)) return { skipped: `there is no ${folder}` };
  const { ENGINES: all } = requireTypeScript('apps/crawler/src/engines/engines.ts');
  const meta = { status: 200, headers: {}, url: URL_OF_RESPONSE, query: 'tabby cat' };
  return {
    corpus: readdirSync(folder).map((file) => readFileSync(path.join(folder, file))),
    tokens: [
      '{"',
      '":"',
      '[[',
      ']]',
      '<a ',
      '<img src="',
      'm="{',
      '&quot;',
      '&#x',
      '\\u',
      '\\x',
      'void 0',
      'new Date(',
      '`${',
      '/*',
      '//',
      'data-state="',
      ")]}'",
    ],
    run: (bytes) => all[name].parse(bytes.toString(), meta),
  };
}
