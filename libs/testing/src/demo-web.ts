import { startCanary } from './canary';
import { pageUrlOf, readDemoListing } from './demo-listing';
import type { DemoEngine, DemoListing, DemoRow } from './demo-listing';
import { bing } from './engines/bing';
import { commons } from './engines/commons';
import type { EngineContext } from './engines/engine-context';
import { openverse } from './engines/openverse';
import { fileReply } from './hosts/file-reply';
import type { ImageRequest } from './hosts/file-reply';
import { IMAGE_HOST_BEHAVIOURS } from './hosts/image-host-behaviours';
import { landingPage } from './hosts/landing-page';
import { startLoopbackServer } from './loopback-server';
import { imageSheets } from './image-sheets';
import { jsonReply, textReply } from './reply';
import type { HostRequest, Reply } from './reply';

const ENGINE_HOSTS = {
  'api.openverse.org': { name: 'openverse', answer: openverse },
  'commons.wikimedia.org': { name: 'commons', answer: commons },
  'www.bing.com': { name: 'bing', answer: bing },
} as const satisfies Record<
  string,
  { name: DemoEngine; answer: (request: HostRequest, context: EngineContext) => Promise<Reply> }
>;

export interface DemoWebOptions {
  /** The folder that holds web.json and images/: examples/demo. */
  readonly imagesDir: string;
  /** 0, the default, for any free one. */
  readonly port?: number;
  /** One line a request. */
  readonly log?: (line: string) => void;
  /** Awaited before a request is answered: for specs that stop a crawl halfway. */
  readonly hold?: (url: URL) => Promise<void>;
}

/** How often the demo's web was asked, since it started. */
export interface DemoWebCounts {
  readonly total: number;
  readonly byHost: Readonly<Record<string, number>>;
  /** Requests for listed images by what their host does. */
  readonly byBehaviour: Readonly<Record<string, number>>;
}

export interface DemoWeb {
  readonly port: number;
  readonly hosts: readonly string[];
  /** For `harvest.resolve`: every host at this server. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Where `redirect-loopback` points to. */
  readonly canaryPort: number;
  readonly listing: DemoListing;
  requests(): DemoWebCounts;
  /** Connections to the private address that some images redirect to: 0 for a sound crawler. */
  canaryConnections(): number;
  close(): Promise<void>;
}

/**
 * A small web on 127.0.0.1: the search pages of Openverse, Wikimedia Commons and Bing, and the hosts of the images
 * that they list, some of which misbehave. Hosts are told apart by the Host header. Plain HTTP. What a URL answers
 * depends on neither time nor the order of requests; only `rate` counts attempts.
 * `http://127.0.0.1:port/counts` gives the counts as JSON.
 * @throws WinnowError FILE_NOT_FOUND when imagesDir has no web.json
 */
export async function startDemoWeb({ imagesDir, port = 0, log, hold }: DemoWebOptions): Promise<DemoWeb> {
  const listing = readDemoListing(imagesDir);
  const canary = await startCanary();
  const counts = { total: 0, byHost: {} as Record<string, number>, byBehaviour: {} as Record<string, number> };
  const response = demoResponses({ listing, imagesDir, canaryPort: canary.port, byBehaviour: counts.byBehaviour });
  const respond = async (request: Omit<HostRequest, 'attempt'>): Promise<Reply> => {
    const { hostname, pathname, search } = request.url;
    if (hostname === '127.0.0.1' || hostname === 'localhost') {
      return jsonReply(200, { requests: counts, canaryConnections: canary.connections() });
    }
    counts.total += 1;
    counts.byHost[hostname] = (counts.byHost[hostname] ?? 0) + 1;
    await hold?.(request.url);
    const reply = await response(request);
    log?.(`${reply.status} ${hostname}${pathname}${search}`);
    return reply;
  };
  const server = await startLoopbackServer(port, respond).catch(async (error: unknown) => {
    // A canary that is left keeps the process alive.
    await canary.close();
    throw error;
  });
  const hosts = [...Object.keys(ENGINE_HOSTS), ...listing.hosts];
  return {
    port: server.port,
    hosts,
    resolve: Object.fromEntries(hosts.map((host) => [host, `127.0.0.1:${server.port}`])),
    canaryPort: canary.port,
    listing,
    requests: () => structuredClone(counts),
    canaryConnections: canary.connections,
    close: async () => {
      await Promise.all([server.close(), canary.close()]);
    },
  };
}

interface Setting {
  readonly listing: DemoListing;
  readonly imagesDir: string;
  readonly canaryPort: number;
  readonly byBehaviour: Record<string, number>;
}

function demoResponses({ listing, imagesDir, canaryPort, byBehaviour }: Setting) {
  const render = imageSheets(imagesDir, listing);
  const attempts = new Map<string, number>();
  const images = groupByUrl(listing.rows);
  const pages = new Map(listing.rows.map((row) => [pageUrlOf(row), row]));

  const responseImage = async (request: Omit<HostRequest, 'attempt'>): Promise<Reply> => {
    const { hostname, pathname } = request.url;
    const url = `http://${hostname}${pathname}`;
    const page = pages.get(url);
    if (page !== undefined) return landingPage(page);
    const rows = images.get(url.replace('/moved/', '/photos/'));
    const row = rows?.[0];
    if (rows === undefined || row === undefined) return textReply(404, 'text/plain', 'Not found');
    const attempt = (attempts.get(url) ?? 0) + 1;
    attempts.set(url, attempt);
    byBehaviour[row.behaviour] = (byBehaviour[row.behaviour] ?? 0) + 1;
    const file = await render(row);
    const full: ImageRequest = { ...request, attempt, file, pages: rows.map(pageUrlOf), canaryPort };
    if (pathname.startsWith('/moved/')) return fileReply(full);
    return IMAGE_HOST_BEHAVIOURS[row.behaviour](full);
  };

  return async (request: Omit<HostRequest, 'attempt'>): Promise<Reply> => {
    const { hostname, pathname } = request.url;
    const engine = (ENGINE_HOSTS as Record<string, (typeof ENGINE_HOSTS)[keyof typeof ENGINE_HOSTS] | undefined>)[
      hostname
    ];
    if (pathname === '/robots.txt') return robotsTxt(hostname);
    if (engine !== undefined) return engine.answer({ ...request, attempt: 1 }, { listing, render });
    if (listing.hosts.includes(hostname)) return responseImage(request);
    return textReply(421, 'text/plain', `The demo web does not play the host ${hostname}`);
  };
}

function groupByUrl(rows: readonly DemoRow[]): Map<string, DemoRow[]> {
  const groups = new Map<string, DemoRow[]>();
  for (const row of rows) groups.set(row.url, [...(groups.get(row.url) ?? []), row]);
  return groups;
}

const PRIVATE = 'User-agent: *\nAllow: /private/preview/\nDisallow: /private/\n';
const ADMIN = 'User-agent: *\nDisallow: /admin/\n';

/** robots.txt of a host: cdn forbids /private/, hosts with an odd number forbid /admin/, the others have none. */
function robotsTxt(host: string): Reply {
  if (host.startsWith('cdn.')) return textReply(200, 'text/plain', PRIVATE);
  if (/^img\d*[13579]\./.test(host)) return textReply(200, 'text/plain', ADMIN);
  return textReply(404, 'text/plain', 'Not found');
}
