import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openNewStudio, openStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';
import { StudioKeys } from './studio-keys';

let project: StudioProject;
let studio: StudioUnderTest;
let port: number;

beforeAll(async () => {
  studio = await openNewStudio();
  ({ project } = studio);
  await studio.server.listen({ host: '127.0.0.1', port: 0 });
  port = (studio.server.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await studio.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Over a socket, with exactly these headers. `host: null` sends none. */
function send(
  address: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string | null>; body?: string } = {},
): Promise<Answer> {
  const { host = `127.0.0.1:${port}`, ...others } = headers;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path: address, method, setHost: false, agent: false },
        headers: { ...(host !== null && { host }), ...(others as Record<string, string>) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('latin1'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const withKey = () => ({ authorization: `Bearer ${studio.key}` });

describe('a request under another name', () => {
  it.each([
    ['evil.test'],
    ['127.0.0.1.nip.io'],
    [null],
    ['127.0.0.1'],
    ['127.0.0.1:1'],
    ['localhost'],
    ['0.0.0.0'],
    ['127.0.0.1:PORT.evil.test'],
    ['evil.test:PORT'],
    ['LOCALHOST.:PORT'],
  ])('is refused before it is routed: Host %s', async (host) => {
    const headers = { host: host?.replace('PORT', String(port)) ?? null, ...withKey() };
    for (const address of ['/', '/api/project', '/nothing']) {
      expect((await send(address, { headers })).status).toBe(421);
    }
  });

  it('is answered under our own', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      expect((await send('/api/project', { headers: { host, ...withKey() } })).status).toBe(200);
    }
  });
});

describe('a request without a key', () => {
  it.each([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${'A'.repeat(43)}` }],
    ['one in a cookie', { cookie: 'key=KEY' }],
    ['one by another scheme', { authorization: 'Basic KEY' }],
    ['part of one', { authorization: 'Bearer PART' }],
  ])('is refused below /api/: %s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('KEY', studio.key).replace('PART', studio.key.slice(0, -1)),
      ]),
    );
    for (const address of [
      '/api/project',
      '/api/images',
      '/api/events',
      '/api/nothing',
      `/api/project?key=${studio.key}`,
    ]) {
      expect((await send(address, { headers: filled })).status).toBe(401);
    }
  });

  it('gets no image: only who has the capability does', async () => {
    const [sha256] = project.digests;
    const { capability } = (await studio.ask('/api/project')).body as { capability: string };
    expect((await send(`/pic/${capability}/square/${sha256}`)).status).toBe(200);
    for (const other of ['x', studio.key, capability.slice(1), `${capability}A`]) {
      expect((await send(`/pic/${other}/square/${sha256}`, { headers: withKey() })).status).toBe(404);
    }
    expect(capability).not.toContain(studio.key);
    for (const address of ['/api/project', '/api/images', '/api/events'])
      expect((await studio.ask(address, { key: capability })).status).toBe(401);
  });

  it('gets no image by an address of an earlier start, and none of an image tells where it was shown', async () => {
    const [sha256] = project.digests;
    const { capability } = (await studio.ask('/api/project')).body as { capability: string };
    const later = await openStudio(project);
    const key = studio.key;
    expect((await later.ask('/api/project', { key })).body).not.toMatchObject({ capability });
    expect((await later.ask(`/pic/${capability}/square/${sha256}`)).status).toBe(404);
    await later.close();
    const { headers } = await send(`/pic/${capability}/square/${sha256}`);
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin' });
  });
});

describe('a request by another page', () => {
  it.each([
    ['an origin of another host', { origin: 'http://evil.test' }],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['our origin by another name', { origin: 'http://localhost:PORT' }],
    ['an origin that is hidden', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [
      'another port of this host',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    ['a frame', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
  ])('is refused: %s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    );
    for (const address of ['/', '/api/project']) {
      expect((await send(address, { headers: { ...filled, ...withKey() } })).status).toBe(403);
    }
  });

  it('is answered by our own, and where a person follows a link', async () => {
    const origin = `http://127.0.0.1:${port}`;
    expect(
      (await send('/api/project', { headers: { origin, 'sec-fetch-site': 'same-origin', ...withKey() } })).status,
    ).toBe(200);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await send('/', { headers: link })).status).toBe(200);
    expect((await send('/', { method: 'POST', headers: link })).status).toBe(403);
  });

  it('gets no permission to read, and may not embed', async () => {
    const answer = await send('/api/project', { headers: withKey() });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await send('/api/project', { method: 'OPTIONS' })).status).toBe(401);
  });
});

describe('a body', () => {
  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/xml', 415],
  ])('is refused as %s', async (type, status) => {
    const headers = { 'content-type': type, 'content-length': '2', ...withKey() };
    expect((await send('/api/spec-echo', { method: 'POST', headers, body: '{}' })).status).toBe(status);
  });

  it('is waited for half a minute, no longer', () => {
    expect(studio.server.server.requestTimeout).toBe(30_000);
  });

  it('of more than a megabyte is refused', async () => {
    const body = JSON.stringify('x'.repeat(1 << 20));
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length), ...withKey() };
    expect((await send('/api/spec-echo', { method: 'POST', headers, body })).status).toBe(413);
  });
});

describe('addresses', () => {
  const climbing = ['..', '%2e%2e', '.%2e', '%2E.', '..%2f', '..%5c', '..\\', '%252e%252e', '%00', '.'];
  const before = ['/', '/assets/', '/api/', '/pic/', '/runs/', '/pictures/'];

  it('that climb or are encoded do not exist', async () => {
    const addresses = before.flatMap((start) => climbing.map((part) => `${start}${part}/etc/passwd`));
    expect(addresses).toHaveLength(60);
    for (const address of addresses)
      expect([address, (await send(address, { headers: withKey() })).status]).toEqual([address, 404]);
  });

  it.each(['//', '/api//project', '/.git/config', '/files.json', '/index.html', '/api/project/', 'http://evil.test/'])(
    'of no route do not exist: %s',
    async (address) => {
      expect((await send(address, { headers: withKey() })).status).toBe(404);
    },
  );
});

describe('every answer', () => {
  it.each(['/', '/api/project', '/api/nothing', '/nothing', '/%2e'])('carries the policy: %s', async (address) => {
    const { headers } = await send(address, { headers: withKey() });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    expect(headers['set-cookie']).toBeUndefined();
  });
});

describe('keys', () => {
  it('are kept as hashes that only this person can read, and known after a new start', async () => {
    const file = path.join(project.config.paths.state, 'studio', 'keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(studio.key);
    expect(Buffer.from(studio.key, 'base64url')).toHaveLength(32);
    expect(await new StudioKeys(project.config.paths.state).personOf(studio.key)).toMatchObject({
      name: 'Anna',
      role: 'owner',
    });
  });

  it('that another process makes are known at once', async () => {
    const other = await new StudioKeys(project.config.paths.state).make('Ben', 'owner', new Date(0));
    expect((await studio.ask('/api/project', { key: other })).body).toMatchObject({
      person: { name: 'Ben', role: 'owner' },
    });
  });

  it('of reviewers only let them decide', async () => {
    const key = await studio.keyOf('Cleo', 'reviewer');
    expect((await studio.ask('/api/spec-echo', { method: 'POST', body: {}, key })).status).toBe(403);
    expect((await studio.ask('/api/spec-decide', { method: 'POST', body: {}, key })).status).toBe(200);
    expect((await studio.ask('/api/project', { key })).status).toBe(200);
  });
});

describe('--read-only', () => {
  it('refuses whatever changes something', async () => {
    const quiet = await openStudio(project, true);
    expect((await quiet.ask('/api/spec-decide', { method: 'POST', body: {} })).status).toBe(403);
    expect((await quiet.ask('/api/project')).body).toMatchObject({ isReadOnly: true });
    await quiet.close();
  });
});
