import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, CommandResult } from '@winnow/contracts';
import { openDatabase, readEngineHealth } from '@winnow/db';
import { createTestDatabase } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { ENGINES } from '../engines/engines';
import { startLoopbackServer } from '../spec-support/loopback-server';
import type { LoopbackServer, Route } from '../spec-support/loopback-server';
import { fixturesAtHand, itShared } from '../spec-support/shared-fixtures';
import { runEnginesCheck } from './engines-check';
import { enginesCommand } from './engines-command';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-engines-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ioOf = (env: Record<string, string> = {}): CommandIo => ({
  cwd: folder,
  env: { WINNOW_LOOPBACK_ONLY: '1', ...env },
  signal: new AbortController().signal,
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
});

function run(
  name: string,
  args: Record<string, string | readonly string[]>,
  options: Record<string, unknown> = {},
): Promise<CommandResult> {
  const spec = enginesCommand.subcommands?.find((command) => command.name === name);
  if (spec?.run === undefined) throw new Error(`no command engines ${name}`);
  return spec.run({ arguments: args, options }, ioOf());
}

describe('winnow engines list', () => {
  it('tells what there is to know before an engine is named', async () => {
    const { json, text } = await run('list', {});
    const engines = json['engines'] as Record<string, unknown>[];
    expect(engines.map(({ name }) => name)).toEqual(Object.keys(ENGINES));
    expect(engines[0]).toEqual({
      name: 'openverse',
      kind: 'official',
      transport: 'http',
      enabledByDefault: true,
      filters: ['licenses', 'safe', 'size', 'type', 'aspect'],
      filterValues: { type: ['photo', 'illustration'] },
      keyVariable: null,
      delayMillis: 1000,
      terms: expect.stringContaining('Made for programs'),
    });
    expect(engines.filter(({ enabledByDefault }) => enabledByDefault).map(({ name }) => name)).toEqual([
      'openverse',
      'commons',
    ]);
    expect(engines.filter(({ keyVariable }) => keyVariable !== null).map(({ kind }) => kind)).toEqual([
      'official-key',
      'official-key',
    ]);
    expect(text.join('\n')).toContain('filters: licenses, safe, size, type (photo, illustration), aspect');
    expect(text).toContain('  key: FLICKR_API_KEY');
  });
});

describe('winnow engines parse', () => {
  const parse = (engine: string, body: string, options?: Record<string, unknown>) => {
    writeFileSync(path.join(folder, 'answer'), body);
    return run('parse', { engine, file: 'answer' }, options);
  };

  it('parses a saved answer', async () => {
    const body = '{"page_count":1,"results":[{"url":"https://img.test/a.jpg","title":"A cat","width":5}]}';
    const { json, text } = await parse('openverse', body);
    expect(json).toEqual({
      engine: 'openverse',
      class: 'ok',
      hits: [{ imageUrl: 'https://img.test/a.jpg', title: 'A cat', width: 5 }],
      next: null,
    });
    expect(text).toEqual(['ok, 1 hits, next null', 'https://img.test/a.jpg', '  title: A cat', '  width: 5']);
  });

  it('fails where the parser does not know the answer, and says what to do', async () => {
    const { exitCode, json, text } = await parse('openverse', '<html>hello</html>');
    expect([exitCode, json['class']]).toEqual([1, 'format_drift']);
    expect(text).toEqual(['format_drift, 0 hits, next null', expect.stringContaining('openverse')]);
    // An engine that refuses is understood.
    expect((await parse('openverse', '{}', { status: 429 })).exitCode).toBe(0);
  });

  it('passes status, headers, address and query on', async () => {
    const json = async (engine: string, body: string, options?: Record<string, unknown>) =>
      (await parse(engine, body, options)).json;
    expect(await json('openverse', '{}', { status: 429, header: ['Retry-After: 3'] })).toMatchObject({
      class: 'rate_limited',
    });
    expect(await json('bing', '')).toMatchObject({ class: 'empty' });
    expect(await json('bing', '', { url: 'https://www.bing.com/images/async?first=36' })).toMatchObject({
      class: 'last_page',
    });
    expect(await json('openverse', '{}', { header: ['CF-Mitigated: challenge'] })).toMatchObject({ class: 'captcha' });
    const items = Array.from({ length: 9 }, (_, id) => ({ media: `http://img.test/${id}`, title: 'Office' }));
    const body = JSON.stringify({ status: 'success', data: { result: { items } } });
    expect(await json('qwant', body, { query: 'tabby cat' })).toMatchObject({ class: 'soft_block', hits: [] });
    expect(await json('qwant', body, { query: 'office' })).toMatchObject({ class: 'ok' });
  });

  it("reads both of DuckDuckGo's answers without being told which it is", async () => {
    expect((await parse('duckduckgo', '<script>vqd="4-123"</script>')).json).toEqual({
      engine: 'duckduckgo',
      class: 'token',
      hits: [],
      next: { vqd: '4-123', s: 0 },
    });
    const body = '{"results":[{"image":"https://img.test/a.jpg"}],"next":"i.js?s=100"}';
    expect((await parse('duckduckgo', body)).json).toMatchObject({ class: 'ok', next: { s: 100 } });
  });

  it('names engines, files and headers that are not right', async () => {
    await expect(run('parse', { engine: 'altavista', file: 'x' })).rejects.toMatchObject({
      code: 'USAGE',
      next: `Name one of ${Object.keys(ENGINES).join(', ')}.`,
    });
    await expect(run('parse', { engine: 'bing', file: 'x' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      where: path.join(folder, 'x'),
    });
    await expect(parse('bing', '', { header: ['nonsense'] })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('winnow engines check', () => {
  let database: TestDatabase;
  let server: LoopbackServer | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  afterEach(async () => {
    await database.reset();
    await server?.close();
    server = undefined;
  });

  /** The command with a database in memory. */
  const check = (engines: readonly string[], options: Record<string, unknown>, env?: Record<string, string>) =>
    runEnginesCheck({ arguments: { engines }, options }, ioOf(env), () =>
      Promise.resolve({ ...database, close: () => Promise.resolve() }),
    );

  const HOSTS = [
    'api.openverse.org',
    'commons.wikimedia.org',
    'api.flickr.com',
    'api.search.brave.com',
    'www.bing.com',
    'duckduckgo.com',
    'api.qwant.com',
  ];

  /** A project whose engines are stand-ins on this machine. */
  async function project(route: Route): Promise<LoopbackServer> {
    server = await startLoopbackServer(route);
    const { address } = server;
    const resolve = HOSTS.map((host) => `${host}: '${address}'`).join(', ');
    writeFileSync(
      path.join(folder, 'pets.yaml'),
      `name: pets\nclasses: [{ name: cat }, { name: dog }]\nharvest: { delayMillis: 0, resolve: { ${resolve} } }\n`,
    );
    return server;
  }

  const OPENVERSE = JSON.stringify({ page_count: 1, results: [{ url: 'https://img.test/a.jpg' }] });
  const ddg = JSON.stringify({ results: [{ image: 'https://img.test/cat.jpg', title: 'Cat' }] });
  const responses: Route = (request, response) => {
    const { host = '' } = request.headers;
    const isRobots = request.url === '/robots.txt';
    if (host === 'api.openverse.org') response.end(OPENVERSE);
    else if (host === 'commons.wikimedia.org') response.writeHead(429, { 'retry-after': '7200' }).end();
    else if (isRobots) response.writeHead(200).end(host === 'www.bing.com' ? 'User-agent: *\nDisallow: /images' : '');
    else if (host === 'duckduckgo.com') response.end(request.url?.startsWith('/i.js') ? ddg : 'vqd="4-123"');
    else if (host === 'api.qwant.com') response.end('{"status":"success","data":{"result":{"items":[]}}}');
    else response.writeHead(500).end();
  };

  type Row = Record<string, unknown>;
  const rowsOf = ({ json }: CommandResult) =>
    Object.fromEntries((json['engines'] as Row[]).map(({ engine, ...row }) => [engine as string, row]));

  it('counts the engines that it asks', async () => {
    await project(responses);
    const seen: string[] = [];
    const io: CommandIo = {
      ...ioOf(),
      progress: {
        start: ({ total }) => ({
          update: (done, detail) => seen.push(`${done}/${total} ${detail}`),
          end: () => undefined,
        }),
      },
    };
    await runEnginesCheck({ arguments: {}, options: { project: 'pets.yaml' } }, io, () =>
      Promise.resolve({ ...database, close: () => Promise.resolve() }),
    );
    expect(seen).toEqual(['1/2 openverse', '2/2 commons']);
  });

  it('asks the official engines once each, and remembers who is to be left alone', async () => {
    const { requests } = await project(responses);
    const first = await run('check', {}, { project: 'pets.yaml' });
    expect(first.exitCode).toBe(3);
    const rows = rowsOf(first);
    expect(Object.keys(rows)).toEqual(Object.keys(ENGINES));
    expect(rows['openverse']).toEqual({
      kind: 'official',
      asked: true,
      class: 'ok',
      failure: null,
      hits: 1,
      millis: expect.any(Number),
      suspendedUntil: null,
      reason: null,
      key: null,
      keyVariable: null,
    });
    expect(rows['commons']).toMatchObject({ asked: true, class: 'rate_limited', reason: 'rate_limited' });
    expect(Date.parse(String(rows['commons']?.['suspendedUntil']))).toBeGreaterThan(Date.now());
    expect(rows['flickr']).toMatchObject({ asked: false, class: null, key: 'missing', keyVariable: 'FLICKR_API_KEY' });
    expect(rows['bing']).toMatchObject({ asked: false, class: null, kind: 'scraped' });
    expect(requests.map((request) => request.split('/')[0])).toEqual(['api.openverse.org', 'commons.wikimedia.org']);
    const table = first.text.join('\n');
    expect(table).toMatch(/^engine +kind +answer +hits +ms +key$/m);
    expect(table).toMatch(/^openverse +official +ok +1 +\d+ +-$/m);
    expect(table).toMatch(/^commons .* left alone until \d{4}-.*: it asks for fewer requests$/m);
    expect(table).toMatch(/^flickr +official-key +- +- +- +missing +set FLICKR_API_KEY$/m);
    expect(table).toMatch(/^bing .* asked only when named$/m);

    const second = rowsOf(await run('check', {}, { project: 'pets.yaml' }));
    expect(second['commons']).toMatchObject({ asked: false, reason: 'rate_limited' });
    expect(requests).toHaveLength(3);
    const stored = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'spec' });
    try {
      expect(await readEngineHealth(stored.db)).toMatchObject([
        { engine: 'commons', reason: 'rate_limited' },
        { engine: 'openverse', suspendedUntil: null },
      ]);
    } finally {
      await stored.close();
    }
  });

  it('asks scraped engines when they are named, in their steps, if robots.txt lets it', async () => {
    const { requests } = await project(responses);
    const result = await check(['duckduckgo', 'bing', 'duckduckgo'], { project: 'pets.yaml' });
    const rows = rowsOf(result);
    expect(Object.keys(rows)).toEqual(['duckduckgo', 'bing']);
    expect(rows['duckduckgo']).toMatchObject({ asked: true, class: 'ok', hits: 1 });
    expect(rows['bing']).toMatchObject({ asked: true, class: null, failure: { outcome: 'robots_disallowed' } });
    expect(requests.map((request) => request.replace(/\?.*/, ''))).toEqual([
      'duckduckgo.com/robots.txt',
      'duckduckgo.com/',
      'duckduckgo.com/i.js',
      'www.bing.com/robots.txt',
    ]);
    expect(requests.join()).not.toContain('/images/async');
    expect(result.exitCode).toBe(3);
  });

  it('takes nothing at all for a usual query as a block, for another as an empty answer', async () => {
    await project(responses);
    const classOf = async (query?: string) => {
      const options = { project: 'pets.yaml', ...(query === undefined ? {} : { query }) };
      return rowsOf(await check(['qwant'], options))['qwant']?.['class'];
    };
    expect(await classOf('Zebrafink')).toBe('empty');
    expect(await classOf()).toBe('soft_block');
  });

  it('uses keys from the environment, and shows none of them', async () => {
    const { requests } = await project((request, response) => {
      const isValid = request.headers['x-subscription-token'] === 'secret-1';
      const results = [{ properties: { url: 'https://img.test/a.jpg' } }];
      response.writeHead(isValid ? 200 : 401).end(JSON.stringify({ results }));
    });
    const result = await check(['brave-api'], { project: 'pets.yaml', query: 'Katze' }, { BRAVE_API_KEY: 'secret-1' });
    expect(result.exitCode).toBe(0);
    expect(rowsOf(result)['brave-api']).toMatchObject({ asked: true, class: 'ok', key: 'present' });
    expect(result.json['query']).toBe('Katze');
    expect(requests[0]).toContain('q=Katze');
    expect(JSON.stringify(result)).not.toContain('secret-1');
  });

  it('asks nobody without a contact, and leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('winnow-check-'));
    await expect(check([], {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'environment variable WINNOW_HARVEST_CONTACT',
    });
    await expect(check([], {}, { WINNOW_HARVEST_CONTACT: 'you@example.org' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    writeFileSync(path.join(folder, 'pets.yaml'), 'name: pets\nclasses: [{ name: cat }, { name: dog }]\n');
    await expect(check([], { project: 'pets.yaml' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'pets.yaml, harvest.contact',
    });
    await expect(check(['altavista'], {})).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('winnow-check-'))).toEqual(before);
  });

  it('needs no project file when the environment names a contact', async () => {
    // Nothing but loopback is dialled here, and the engine is not there.
    const result = await check(['openverse'], {}, { WINNOW_HARVEST_CONTACT: 'me@birds.test' });
    expect(rowsOf(result)['openverse']).toMatchObject({ asked: true, class: null, hits: 0 });
    expect(result.exitCode).toBe(3);
  });

  itShared('reads the documented answers (needs ../shared)', async () => {
    const [body] = fixturesAtHand(['openverse/tabby_cat_p1.json']);
    await project((_request, response) => response.end(body));
    const result = await check(['openverse'], { project: 'pets.yaml' });
    expect(rowsOf(result)['openverse']).toMatchObject({ class: 'ok', hits: 20 });
    expect(result.exitCode).toBe(0);
  });
});
