import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Decision, StudioProject } from '@winnow/contracts';
import { STUB_CLASSES, stubDetail, stubFacets, stubPicture, stubSquares, stubWindow } from './stub-images';

const PAGE_FOLDER = path.resolve(__dirname, '../../../../dist/studio-page');
const KEY = 'k'.repeat(43);
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types winnow",
].join('; ');

interface PageFile {
  readonly name: string;
  readonly type: string;
}

/** Answers as the studio's server does, of images that it makes up: what a spec needs of it can be set. */
export class StubStudio {
  /** Images of its data set; 0: nothing was built. */
  total = 2000;
  decisions: Decision[] = [];
  /** Decisions are refused as if the database were away. */
  isAway = false;
  /** Another split was made since. */
  hasNewerSplit = false;
  views = [{ name: 'closed ones', address: '/pictures?kind=closed', person: 'Anna' }];
  /** Lists of corrections that were imported. */
  readonly lists: unknown[] = [];
  /** Status and body of what is read, by address, in place of what it makes up. */
  readonly overrides = new Map<string, [number, unknown]>();
  /** Addresses of which nothing is answered before their promise is fulfilled. */
  readonly held = new Map<string, Promise<void>>();
  /** Requests in the order they came. */
  readonly requests: string[] = [];
  #server: Server | null = null;
  #files: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer }> = new Map();
  #undone: Decision[] = [];
  readonly #waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #streams = new Set<ServerResponse>();
  #events = 0;

  /** @param port 0: any */
  async start(port = 0): Promise<number> {
    const { files } = JSON.parse(await readFile(path.join(PAGE_FOLDER, 'files.json'), 'utf8')) as {
      readonly files: readonly PageFile[];
    };
    const read = async ({ name, type }: PageFile): Promise<[string, { type: string; bytes: Buffer }]> => [
      `/${name}`,
      { type, bytes: await readFile(path.join(PAGE_FOLDER, name)) },
    ];
    this.#files = new Map(await Promise.all(files.map(read)));
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    for (const stream of this.#streams) stream.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** The link that a person opens. */
  static link(port: number, address = '/'): string {
    return `http://127.0.0.1:${port}${address}#key=${KEY}`;
  }

  /** Resolves as soon as so many decisions are stored. */
  whenStored(count: number): Promise<void> {
    if (this.decisions.length === count) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ count, resolve }));
  }

  /** Tells pages that something changed. */
  publish(topic: 'decisions' | 'project'): void {
    this.#events += 1;
    for (const stream of this.#streams) {
      stream.write(`id: ${this.#events}\ndata: ${JSON.stringify({ number: this.#events, topic })}\n\n`);
    }
  }

  #publish(): void {
    for (const { count, resolve } of this.#waiters) if (count === this.decisions.length) resolve();
    this.publish('decisions');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    this.requests.push(`${request.method} ${request.url}`);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    if (pathname === '/proof') return send(response, 200, { proofs: [this.#proof(searchParams.get('nonce') ?? '')] });
    if (!pathname.startsWith('/api/')) return this.#sendFile(pathname, response);
    if (request.headers.authorization !== `Bearer ${KEY}`) return send(response, 401, error('The key is missing.'));
    if (pathname === '/api/events') return this.#stream(response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    // Behind the whole request: whoever left meanwhile has sent it.
    await this.held.get(pathname);
    const text = Buffer.concat(chunks).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return send(response, ...this.#route(pathname, searchParams, body));
  }

  #route(pathname: string, search: URLSearchParams, body: Record<string, unknown>): [number, unknown] {
    const override = this.overrides.get(pathname);
    if (override !== undefined && body['decisions'] === undefined) return override;
    if (pathname === '/api/project') return [200, this.#project()];
    if (search.get('q')?.endsWith('>')) return [400, error('the expression ends where a value is expected')];
    if (pathname === '/api/images') return [200, stubWindow(this.total, search, this.decisions)];
    if (pathname === '/api/facets') return [200, stubFacets(this.total, search, this.decisions)];
    if (pathname === '/api/squares') return [200, stubSquares(search)];
    const sha256 = /^\/api\/images\/([0-9a-f]{64})$/.exec(pathname)?.[1];
    if (sha256 !== undefined) return [200, stubDetail(Number.parseInt(sha256, 16), this.decisions)];
    const fixed = FIXED[pathname];
    if (fixed !== undefined) return [200, fixed];
    if (pathname === '/api/views') return this.#changeViews(body);
    if (this.isAway) return [503, error('The database is away.')];
    return this.#write(pathname, body);
  }

  #write(pathname: string, body: Record<string, unknown>): [number, unknown] {
    if (pathname === '/api/decisions') {
      if (body['decisions'] === undefined) return [200, { lines: [], last: this.decisions.length }];
      return this.#store(body['decisions'] as Decision[]);
    }
    if (pathname === '/api/undo') return this.#undo(body['batch'] as string | undefined);
    if (pathname === '/api/redo') return this.#redo();
    if (pathname !== '/api/list') return [404, error('There is no such address.')];
    this.lists.push(body);
    return [200, { added: 3, known: 2, unknown: 0, otherClasses: 0 }];
  }

  #changeViews({ name, address, replaces }: Record<string, unknown>): [number, unknown] {
    const isTaken = this.views.some((view) => view.name === name && view.address !== address);
    if (isTaken && address !== '' && replaces !== true) return [409, error('There is a view of this name.')];
    if (typeof name === 'string') this.views = this.views.filter((view) => view.name !== name);
    if (typeof name === 'string' && address !== '') this.views.push({ name, address: String(address), person: 'Anna' });
    return [200, { views: this.views }];
  }

  #proof(nonce: string): string {
    const { port } = this.#server?.address() as AddressInfo;
    const hash = createHash('sha256').update(KEY).digest();
    return createHmac('sha256', hash).update(`studio ${nonce} ${port}`).digest('base64url');
  }

  #store(decisions: readonly Decision[]): [number, unknown] {
    const known = new Set(this.decisions.map(({ id }) => id));
    this.decisions.push(...decisions.filter(({ id }) => !known.has(id)));
    this.#publish();
    return [200, { stored: decisions.map(({ id }) => id), refused: [], last: this.decisions.length }];
  }

  #undo(named: string | undefined): [number, unknown] {
    const batch = named ?? this.decisions.at(-1)?.batch;
    if (batch === undefined) return [400, error('There is nothing to undo.')];
    this.#undone = this.decisions.filter((decision) => decision.batch === batch);
    this.decisions = this.decisions.filter((decision) => decision.batch !== batch);
    this.#publish();
    return [200, { stored: [], refused: [], last: this.decisions.length }];
  }

  #redo(): [number, unknown] {
    this.decisions.push(...this.#undone.splice(0));
    this.#publish();
    return [200, { stored: [], refused: [], last: this.decisions.length }];
  }

  #project(): StudioProject {
    const at = '2026-11-30T10:00:00.000Z';
    const counts = { clean: this.total / 2, closed: this.total / 4, open: this.total / 4 };
    const isBuilt = this.total > 0;
    return {
      name: 'birds',
      file: 'birds.yaml',
      classes: STUB_CLASSES,
      builds: isBuilt ? [{ id: '7f3a'.repeat(4), sampleCount: this.total, createdAt: at }] : [],
      splits: (isBuilt ? (this.hasNewerSplit ? ['a7b2', '91c0'] : ['91c0']) : []).map((id) => {
        return { id: id.repeat(4), buildId: '7f3a'.repeat(4), method: 'winnow', createdAt: at, counts };
      }),
      funnel: isBuilt ? { hits: this.total * 2, stored: this.total + 300, samples: this.total } : null,
      runCount: isBuilt ? 4 : 0,
      bestAccuracy: isBuilt ? 0.9193 : null,
      decisionCount: this.decisions.length,
      next: {
        title: isBuilt ? 'Measure the split' : 'Crawl',
        reason: isBuilt ? 'How often its kinds are right is not known yet.' : 'There are no images yet.',
        command: isBuilt ? 'winnow studio birds.yaml' : 'winnow crawl birds.yaml',
      },
      person: { name: 'Anna', role: 'owner' },
      isReadOnly: false,
      capability: 'stub',
    };
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: ${this.#events}\n: listening\n\n`);
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #sendFile(pathname: string, response: ServerResponse): void {
    const picture = /^\/pic\/stub\/(?:square|original)\/([0-9a-f]{64})$/.exec(pathname)?.[1];
    if (picture !== undefined) {
      const png = stubPicture(picture);
      if (png === null) return send(response, 404, error('There is no such image.'));
      response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'max-age=3600' });
      return void response.end(png);
    }
    const file = this.#files.get(pathname) ?? this.#files.get('/index.html');
    response.writeHead(200, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.bytes);
  }
}

/** Answers that are always the same. */
const FIXED: Readonly<Record<string, unknown>> = {
  '/api/holders': { builds: [{ id: '7f3a'.repeat(4), images: 1 }] },
  '/api/steps': { steps: [], refused: 'Steps are not started here.' },
};

const error = (message: string): unknown => ({ error: { code: 'USAGE', message, where: null, next: null } });

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
