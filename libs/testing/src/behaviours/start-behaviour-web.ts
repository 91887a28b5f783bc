import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { RgbImage } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { TLS_HOSTS } from './address-behaviours';
import { pageUrlOf } from './behaviour';
import type { Response, Behaviour, BehaviourWorld, Location } from './behaviour';
import { BEHAVIOURS } from './behaviours';
import type { BehaviourId } from './behaviours';
import { drawWaves } from './draw-waves';
import type { OddEncoders } from './odd-files';
import { heldOutImage } from './image-behaviours';
import { issueCertificate } from './test-certificate';

export interface BehaviourWebOptions {
  /** Texts that the two classes are searched with. */
  readonly queries: readonly [string, string];
  readonly encoders: OddEncoders;
}

/** A request as it came. */
export interface SeenRequest {
  /** Without the scheme. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Of a clock that does not go back. */
  readonly atMillis: number;
  /** Which crawl, from 1. */
  readonly round: number;
}

export interface BehaviourWeb {
  /** For `harvest.resolve`. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Every listed image, by behaviour. */
  readonly locations: ReadonlyMap<BehaviourId, readonly Location[]>;
  /** An image that the held-out set is to hold. */
  readonly heldOut: Uint8Array;
  readonly requests: readonly SeenRequest[];
  /** Connections to where redirects must not lead. */
  canaryConnections(): number;
  /** Some images are others from the second crawl on. */
  beginRound(round: number): void;
  close(): Promise<void>;
}

const LISTING_HOST = 'api.openverse.org';
const PAGE_SIZE = 20;
const DAY_MILLIS = 24 * 3600 * 1000;
const IMAGE_SIZE = { width: 320, height: 240 };

/**
 * A web on 127.0.0.1 of which each listed image misbehaves in its own way, with an Openverse that lists them all and
 * a page for each. Plain HTTP, but for the hosts with bad certificates.
 */
export async function startBehaviourWeb({ queries, encoders }: BehaviourWebOptions): Promise<BehaviourWeb> {
  let round = 1;
  const requests: SeenRequest[] = [];
  const attempts = new Map<string, number>();
  const canary = await startCanaries();
  const world: BehaviourWorld = { image: imageBox(), encoders, canaryPort: canary.port };
  const { locations, responses } = await makeBehaviours(world);
  const listing = listingResponse(locations, queries);

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const host = (request.headers.host ?? '').toLowerCase();
    const url = `${host}${request.url ?? ''}`;
    requests.push({ url, headers: request.headers, atMillis: performance.now(), round });
    const attempt = (attempts.get(url) ?? 0) + 1;
    attempts.set(url, attempt);
    const visit = { request, response, attempt, round };
    if (host === LISTING_HOST) listing(visit);
    else (responses.get(url) ?? notFound)(visit);
  };
  const server = await listen(createServer(handle));
  const secure = await Promise.all(certificates().map((pair) => listen(createTlsServer(pair, handle))));
  const hosts = new Set([LISTING_HOST, ...[...responses.keys()].map((url) => url.slice(0, url.indexOf('/')))]);
  const resolve = Object.fromEntries([...hosts].map((host) => [host, addressOf(server)]));
  Object.values(TLS_HOSTS).forEach((host, index) => {
    const at = secure[index];
    if (at !== undefined) resolve[host] = addressOf(at);
  });
  return {
    resolve,
    locations,
    heldOut: await heldOutImage(world),
    requests,
    canaryConnections: canary.connections,
    beginRound: (next) => {
      round = next;
    },
    close: async () => {
      await Promise.all([server, ...secure].map(close));
      await canary.close();
    },
  };
}

/** Images by name, all of one size. */
function imageBox(): (name: string) => RgbImage {
  const made = new Map<string, RgbImage>();
  return (name) => {
    const random = new SeededRandom(5).fork('behaviours', name);
    const image = made.get(name) ?? drawWaves(random, IMAGE_SIZE.width, IMAGE_SIZE.height);
    made.set(name, image);
    return image;
  };
}

async function makeBehaviours(world: BehaviourWorld): Promise<{
  readonly locations: ReadonlyMap<BehaviourId, readonly Location[]>;
  readonly responses: ReadonlyMap<string, Response>;
}> {
  const locations = new Map<BehaviourId, readonly Location[]>();
  const responses = new Map<string, Response>();
  const put = (url: string, response: Response): void => void responses.set(url.replace(/^https?:\/\//, ''), response);
  for (const id of Object.keys(BEHAVIOURS) as BehaviourId[]) {
    const behaviour: Behaviour = await BEHAVIOURS[id](world);
    locations.set(id, behaviour.locations);
    for (const { url, variant, response, pageHead } of behaviour.locations) {
      if (url !== null) put(url, response);
      put(pageUrlOf(id, variant), page(pageHead ?? ''));
    }
    for (const [url, response] of Object.entries(behaviour.others ?? {})) put(url, response);
  }
  return { locations, responses };
}

function page(head: string): Response {
  const html = `<!doctype html><html><head><title>An image</title>${head}</head><body></body></html>`;
  return ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html);
}

const notFound: Response = ({ response }) => void response.writeHead(404).end();

/** `GET /v1/images/` of Openverse. */
function listingResponse(
  locations: ReadonlyMap<BehaviourId, readonly Location[]>,
  queries: readonly [string, string],
): Response {
  const results = queries.map((_, index) =>
    [...locations].flatMap(([id, list]) =>
      list
        .filter(({ classIndex = 0 }) => classIndex === index)
        .flatMap(({ url, variant, listed = url === null ? [] : [url] }) =>
          listed.map((spelling) => ({
            url: spelling,
            foreign_landing_url: pageUrlOf(id, variant),
            title: `${queries[index]} ${id} ${variant}`,
            license: 'cc0',
            license_version: '1.0',
          })),
        ),
    ),
  );
  return ({ request, response }) => {
    const query = new URL(request.url ?? '', `http://${LISTING_HOST}`).searchParams;
    const found = results[queries.indexOf(query.get('q') ?? '')] ?? [];
    const number = Number(query.get('page') ?? 1);
    const body = {
      result_count: found.length,
      page_count: Math.ceil(found.length / PAGE_SIZE),
      page_size: PAGE_SIZE,
      page: number,
      results: found.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE),
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

/** In the order of TLS_HOSTS: one that has expired, one for another host. */
function certificates(): readonly { readonly key: string; readonly cert: string }[] {
  const now = Date.now();
  const notBefore = new Date(now - 30 * DAY_MILLIS);
  const notAfter = new Date(now + 30 * DAY_MILLIS);
  const issuer = issueCertificate({ name: 'An authority for tests', notBefore, notAfter });
  const expired = issueCertificate({
    name: 'expired',
    hosts: [TLS_HOSTS.expired],
    notBefore,
    notAfter: new Date(now - DAY_MILLIS),
    issuer,
  });
  const other = issueCertificate({ name: 'other', hosts: ['other.fixture.test'], notBefore, notAfter, issuer });
  return [expired, other].map(({ key, certificate }) => ({ key, cert: certificate }));
}

/** Listens on the loopback addresses under one port. */
async function startCanaries(): Promise<{ port: number; connections(): number; close(): Promise<void> }> {
  let count = 0;
  const canary = (): NetServer =>
    createTcpServer((socket) => {
      count += 1;
      socket.destroy();
    });
  const first = await listen(canary());
  const { port } = first.address() as AddressInfo;
  // A machine without IPv6 has nothing to connect to there.
  const second = await listen(canary(), port, '::1').catch(() => undefined);
  return {
    port,
    connections: () => count,
    close: async () => {
      await Promise.all([first, second].map((server) => (server === undefined ? undefined : close(server))));
    },
  };
}

function listen<T extends NetServer>(server: T, port = 0, host = '127.0.0.1'): Promise<T> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}

function addressOf(server: NetServer): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: NetServer | Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
