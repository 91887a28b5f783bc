import { parseUrl } from '@winnow/contracts';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jsonReply, textReply } from '@winnow/testing';
import type { Reply } from '@winnow/testing';
import { crowdResponse } from './crowd-answer';
import { crowdPlan } from './crowd-plan';
import type { CrowdClass, CrowdPlan, CrowdSize, CrowdTruth } from './crowd-plan';
import { scatter } from './crowd-image';
import { crowdSearch } from './crowd-search';
import { summariseHosts } from './host-limits';
import type { HostLimits, HostsSummary } from './host-limits';
import { createHostMeter } from './host-meter';
import type { HostMeter, HostReading } from './host-meter';
import { createImageTally } from './image-tally';
import type { ImageCounts, ImageTally } from './image-tally';
import { startStallMeter } from './stall-meter';
import type { StallMeter } from './stall-meter';

const ENGINE_HOST = 'api.openverse.org';
/** Longer than clients keep a connection: none finds it closed when it sends. */
const KEEP_ALIVE_MILLIS = 60_000;
const USUAL_LATENCY_MILLIS = 40;
/** One image in so many takes its time, so that requests to a host can overlap at all. */
const SLOW_EVERY = 50;
const DEFAULT_SLOW_MILLIS = 600;

export interface CrowdWebOptions extends CrowdSize {
  /** 0, the default, for any free one. */
  readonly port?: number;
  /** How long a slow image takes. */
  readonly slowMillis?: number;
}

/** What the server saw. */
interface CrowdCounts {
  readonly images: ImageCounts;
  readonly imageHosts: HostsSummary;
  readonly engine: HostReading;
  readonly robotsRequests: number;
  /** Requests for anything else. */
  readonly otherRequests: number;
  /** The longest that a request may have waited for this server. */
  readonly worstStallMillis: number;
}

export interface CrowdWeb {
  readonly port: number;
  /** For `harvest.resolve`: every host at this server. */
  readonly resolve: Readonly<Record<string, string>>;
  readonly classes: readonly CrowdClass[];
  readonly truth: CrowdTruth;
  counts(limits: HostLimits): CrowdCounts;
  close(): Promise<void>;
}

/**
 * A web of many small hosts on 127.0.0.1, for crawls by several processes: Openverse's search lists every image, one
 * in twenty is faulty, and the server measures how politely it was asked. Plain HTTP; hosts are told apart by the Host
 * header. Images are made when asked for. What a URL answers depends on its number and on how often it was asked for.
 * `http://127.0.0.1:port/counts?delayMillis=&perHost=&toleranceMillis=` gives the counts as JSON.
 */
export async function startCrowdWeb(options: CrowdWebOptions): Promise<CrowdWeb> {
  const plan = crowdPlan(options);
  const start = performance.now();
  const nowMillis = (): number => performance.now() - start;
  const setting: Setting = {
    plan,
    tally: createImageTally(plan, nowMillis),
    stalls: startStallMeter(nowMillis),
    meters: new Map([ENGINE_HOST, ...plan.hosts].map((host) => [host, createHostMeter(nowMillis)])),
    others: { robots: 0, other: 0 },
    slowMillis: options.slowMillis ?? DEFAULT_SLOW_MILLIS,
  };
  const counts = (limits: HostLimits): CrowdCounts => countsOf(setting, limits);
  const server = createServer((request, response) => {
    const url = urlOf(request);
    const meter = setting.meters.get(url.hostname);
    if (meter !== undefined) return void serve(setting, { url, meter, response });
    const isOwn = url.hostname === '127.0.0.1' && url.pathname === '/counts';
    send(isOwn ? jsonReply(200, counts(limitsOf(url))) : textReply(421, 'text/plain', 'Not a host of mine'), response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port ?? 0, host: '127.0.0.1', backlog: 4096 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    resolve: Object.fromEntries([...setting.meters.keys()].map((host) => [host, `127.0.0.1:${port}`])),
    classes: plan.classes,
    truth: plan.truth,
    counts,
    close: () =>
      new Promise((resolve) => {
        setting.stalls.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Setting {
  readonly plan: CrowdPlan;
  readonly tally: ImageTally;
  readonly stalls: StallMeter;
  readonly meters: ReadonlyMap<string, HostMeter>;
  readonly others: { robots: number; other: number };
  readonly slowMillis: number;
}

interface Exchange {
  readonly url: URL;
  readonly meter: HostMeter;
  readonly response: ServerResponse;
}

function serve(setting: Setting, { url, meter, response }: Exchange): void {
  const { plan, tally, others, stalls } = setting;
  // Also when the client is gone before its answer.
  response.once('close', meter.start(stalls.waitedMillis()));
  if (url.hostname === ENGINE_HOST) return send(crowdSearch(plan, url), response);
  if (url.pathname === '/robots.txt') {
    others.robots += 1;
    return send(textReply(200, 'text/plain', 'User-agent: *\nAllow: /\n'), response);
  }
  const image = plan.imageAt(url.hostname, url.pathname);
  if (image === undefined) {
    others.other += 1;
    return send(textReply(404, 'text/plain', 'Not found'), response);
  }
  const reply = crowdResponse(image, plan.behaviourOf(image), tally.asked(image));
  response.once('close', () => tally.ended());
  response.once('finish', () => response.statusCode === 200 && tally.delivered(image));
  const timer = setTimeout(() => send(reply, response), latencyMillis(image, setting.slowMillis));
  response.once('close', () => clearTimeout(timer));
}

function latencyMillis(image: number, slowMillis: number): number {
  return image % SLOW_EVERY === SLOW_EVERY - 1 ? slowMillis : scatter(image) % USUAL_LATENCY_MILLIS;
}

function send(reply: Reply | 'reset', response: ServerResponse): void {
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = reply.body as Uint8Array;
  response.sendDate = false;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  response.end(body);
}

function urlOf(request: IncomingMessage): URL {
  const host = (request.headers.host ?? '').toLowerCase();
  const path = request.url?.startsWith('/') === true ? request.url : '/';
  return parseUrl(`http://${host}${path}`) ?? new URL('http://unknown/');
}

function limitsOf({ searchParams }: URL): HostLimits {
  return {
    delayMillis: Number(searchParams.get('delayMillis') ?? 0),
    perHost: Number(searchParams.get('perHost') ?? Number.POSITIVE_INFINITY),
    toleranceMillis: Number(searchParams.get('toleranceMillis') ?? 0),
  };
}

function countsOf({ tally, meters, others, stalls }: Setting, limits: HostLimits): CrowdCounts {
  const readings = [...meters].map(([host, meter]) => ({ host, ...meter.read() }));
  const [engine, ...imageHosts] = readings;
  return {
    images: tally.read(),
    imageHosts: summariseHosts(imageHosts, limits),
    engine: engine as HostReading,
    robotsRequests: others.robots,
    otherRequests: others.other,
    worstStallMillis: stalls.worstMillis(),
  };
}
