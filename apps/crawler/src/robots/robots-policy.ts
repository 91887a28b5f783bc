import robotsParser from 'robots-parser';
import { readHost, saveRobots } from '@winnow/db';
import type { Database, StoredRobots } from '@winnow/db';
import type { Clock } from '../clock';
import type { HostGate } from '../host-gate';
import type { HttpClient } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpFailure, HttpResult } from '../http/http-result';
import { politeHop } from '../polite-hop';

export interface RobotsPolicyOptions {
  readonly db: Database;
  readonly http: HttpClient;
  readonly gate: HostGate;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Product token that groups of robots.txt are matched with. */
  readonly agent: string;
}

/** RFC 9309, 2.5: parsers must read at least 500 KiB; the rest is left out. */
const MAX_ROBOTS_BYTES = 512_000;
/** RFC 9309, 2.4: a copy should not be used for more than a day. */
const MAX_AGE_MILLIS = 24 * 3600 * 1000;
const MAX_CRAWL_DELAY_MILLIS = 300_000;
const ATTEMPTS = 3;
const RETRY_MILLIS = 1000;

/** Whether a host's rules were read; if not, the failure that a request to the host comes to. */
type Rules =
  | { readonly kind: 'rules'; readonly robot: ReturnType<typeof robotsParser> }
  | { readonly kind: 'free' }
  | { readonly kind: 'unreachable'; readonly failure: HttpFailure };

/**
 * robots.txt of every host, read once a day at most and kept in the database (RFC 9309): 4xx means no rules, 5xx and
 * no answer mean that nothing may be fetched for now.
 */
export class RobotsPolicy {
  readonly #options: RobotsPolicyOptions;
  readonly #hosts = new Map<string, Promise<Rules>>();

  constructor(options: RobotsPolicyOptions) {
    this.#options = options;
  }

  /** The failure that a forbidden URL comes to; undefined when it may be fetched. */
  async refusal(url: URL): Promise<HttpFailure | undefined> {
    let rules = this.#hosts.get(url.host);
    if (rules === undefined) {
      rules = this.#load(url);
      this.#hosts.set(url.host, rules);
    }
    const known = await rules;
    if (known.kind === 'free') return undefined;
    if (known.kind === 'unreachable') return known.failure;
    // The parser compares whole addresses, and rules hold for the host however it was reached.
    const address = new URL(`${url.pathname}${url.search}`, robotsUrl(url)).href;
    return known.robot.isAllowed(address, this.#options.agent) === false
      ? httpFailure('robots_disallowed', `robots.txt of ${url.host}`)
      : undefined;
  }

  async #load(url: URL): Promise<Rules> {
    const { db, clock } = this.#options;
    const stored = (await readHost(db, url.host))?.robots;
    if (stored && isUsable(stored, clock.now())) return this.#apply(url, stored);
    const answer = await this.#fetch(url);
    if (!answer.ok && answer.outcome === 'address_refused') return { kind: 'free' };
    const fetched: StoredRobots = {
      text: answer.ok && answer.status < 300 ? cleanText(answer.body) : null,
      status: answer.ok ? answer.status : null,
      fetchedAt: new Date(clock.now()),
    };
    const rules = await this.#apply(url, fetched, answer.ok ? undefined : answer);
    await saveRobots(db, url.host, {
      ...fetched,
      crawlDelayMillis: rules.kind === 'rules' ? crawlDelay(rules.robot, this.#options.agent) : null,
    });
    return rules;
  }

  #apply(url: URL, stored: StoredRobots, failure?: HttpFailure): Promise<Rules> {
    if (stored.text !== null) {
      const robot = robotsParser(robotsUrl(url), stored.text);
      this.#options.gate.slowDown(url.host, crawlDelay(robot, this.#options.agent) ?? 0);
      return Promise.resolve({ kind: 'rules', robot });
    }
    if (stored.status !== null && !isServerTrouble(stored.status)) return Promise.resolve({ kind: 'free' });
    // A host that is not there at all says more than that its rules are not.
    if (failure?.outcome === 'network_error' || failure?.outcome === 'tls_error') {
      return Promise.resolve({ kind: 'unreachable', failure });
    }
    const detail = `robots.txt of ${url.host}: ${failure?.detail ?? `status ${stored.status}`}`;
    return Promise.resolve({
      kind: 'unreachable',
      failure: httpFailure('robots_disallowed', detail, { retryAfterMillis: 3600 * 1000 }),
    });
  }

  async #fetch(url: URL): Promise<HttpResult> {
    const { gate, http, signal } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const result = await http.get({
        url: robotsUrl(url),
        headers: { accept: 'text/plain,*/*' },
        maxBytes: MAX_ROBOTS_BYTES,
        overflow: 'cut',
        signal,
        aroundHop: politeHop(gate),
      });
      signal.throwIfAborted();
      if (result.ok || !result.transient || attempt === ATTEMPTS) return result;
      gate.holdBack(url.host, RETRY_MILLIS * attempt);
    }
  }
}

function robotsUrl(url: URL): string {
  return new URL('/robots.txt', url).href;
}

function isServerTrouble(status: number): boolean {
  return status >= 500 || status === 429;
}

function isUsable(stored: StoredRobots, nowMillis: number): boolean {
  const age = nowMillis - stored.fetchedAt.getTime();
  return stored.status !== null && !isServerTrouble(stored.status) && age >= 0 && age < MAX_AGE_MILLIS;
}

/** Postgres keeps no NUL in texts. */
function cleanText(body: Buffer): string {
  return body
    .toString('utf8')
    .replaceAll('\u0000', '')
    .replace(/^\uFEFF/, '');
}

function crawlDelay(robot: ReturnType<typeof robotsParser>, agent: string): number | null {
  const seconds = robot.getCrawlDelay(agent);
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0) return null;
  return Math.min(Math.round(seconds * 1000), MAX_CRAWL_DELAY_MILLIS);
}
