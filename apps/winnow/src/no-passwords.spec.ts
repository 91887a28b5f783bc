import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runMain } from './spec-support/run-main';

const SECRET = 'hunter2-and-more';
let folder: string;
let server: Server;
/** Requests that the server has seen, with their queries. */
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const photo = { id: '1', owner: 'o', title: 'a cat', license: '9', url_o: 'http://photos.test/1.png' };
    const found = { stat: 'ok', photos: { page: 1, pages: 1, perpage: 500, total: 1, photo: [photo] } };
    if (request.url?.startsWith('/services/') === true) response.end(JSON.stringify(found));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-secret-'));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resolve = { 'api.flickr.com': address, 'photos.test': address };
  const harvest = {
    engines: ['flickr'],
    perClass: 1,
    respectRobots: false,
    checkPages: 'none',
    delayMillis: 0,
    resolve,
  };
  const project = { name: 'p', classes: ['cat', 'dog'].map((name) => ({ name, queries: [name] })), harvest };
  writeFileSync(path.join(folder, 'p.yaml'), JSON.stringify(project));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that a command says. */
async function said(line: readonly string[], env: Record<string, string>): Promise<string> {
  const { exitCode, stdout, stderr } = await runMain(line, { folder, env: { HOME: folder, ...env } });
  return `${stdout}${stderr} (exit ${exitCode})`;
}

/** Files in which the secret is. */
const filesWithIt = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() && readFileSync(file).includes(SECRET);
  });

describe('a password or key', () => {
  it.each([
    [
      'of a server that is away',
      `postgres://winnow:${SECRET}@127.0.0.1:1/x?application_name=${SECRET}`,
      'DATABASE_UNREACHABLE',
    ],
    ['with a port that is none', `postgres://winnow:${SECRET}@127.0.0.1:99999/x`, 'CONFIG_INVALID'],
    ['with another scheme', `postgre://winnow:${SECRET}@127.0.0.1:1/x`, 'CONFIG_INVALID'],
    ['without a scheme', `winnow:${SECRET}@127.0.0.1:1/x`, 'CONFIG_INVALID'],
  ])('of DATABASE_URL, %s, is in no output and no file', async (_, url, code) => {
    const text = await said(['status', 'p.yaml', '--json'], { DATABASE_URL: url });
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toContain('DATABASE_URL');
    expect(text).not.toContain(SECRET);
    expect(filesWithIt()).toEqual([]);
  });

  it.each([
    ['in the name of a store', { WINNOW_STORE: `s3://key:${SECRET}@bucket/p` }],
    ['in the query of a store', { WINNOW_STORE: `s3://bucket/p?secret=${SECRET}` }],
    ['in a store that is none', { WINNOW_STORE: `http://key:${SECRET}@bucket/p` }],
    ['in an endpoint', { WINNOW_STORE: 's3://bucket/p', WINNOW_S3_ENDPOINT: `http://key:${SECRET}@127.0.0.1:1` }],
  ])('%s is in no output and no file', async (_, env) => {
    const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: SECRET, FLICKR_API_KEY: 'x' };
    for (const line of [
      ['status', 'p.yaml'],
      ['crawl', 'p.yaml'],
    ]) {
      const text = await said(line, { ...keys, ...env });
      expect(text).toMatch(/WINNOW_S[^]*exit [1-9]/);
      expect(text).not.toContain(SECRET);
    }
    expect(filesWithIt()).toEqual([]);
  });

  it('of an engine is sent to it, and is in no output, no file and no row', async () => {
    const env = { FLICKR_API_KEY: SECRET, WINNOW_LOOPBACK_ONLY: '1' };
    for (const line of [
      ['crawl', 'p.yaml', '--json'],
      ['status', 'p.yaml'],
      ['engines', 'list'],
    ]) {
      expect(await said(line, env)).not.toContain(SECRET);
    }
    expect(requests.some((url) => url.includes(`api_key=${SECRET}`))).toBe(true);
    expect(filesWithIt()).toEqual([]);
  });
});
