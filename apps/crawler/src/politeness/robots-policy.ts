import { LRUCache } from 'lru-cache';
import { readHost, saveRobots } from '@winnow/db';
import type { Database, StoredRobots } from '@winnow/db';
import type { Clock } from './clock';
import type { HostRateLimiter } from './host-rate-limiter';
import type { HttpClient } from '../http/http-client';
import { httpFailure } from '../http/http-result';
import type { HttpFailure, HttpResult } from '../http/http-result';
import { fetchPolicyFile, isServerTrouble, isUsable, policyLines, usableUntil } from './fetch-policy-file';
import { rememberPerHost } from './remember-per-host';
import type { HostFacts } from './remember-per-host';
import { parseRobots } from './robots-rules';
import type { RobotsRules } from './robots-rules';

export interface RobotsPolicyOptions {
  readonly db: Database;
  readonly http: HttpClient;
  readonly rateLimiter: HostRateLimiter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Product token that groups of robots.txt are matched with, lower case. */
  readonly agent: string;
}

const REFUSED_MILLIS = 60_000;
const MAX_CRAWL_DELAY_MILLIS = 300_000;
/** A URL is asked about before its page, before its turn and within it. */
const MAX_VERDICTS = 100;

/** Whether a host's rules were read; if not, the failure that a request to the host comes to. */
type Rules =
  | { readonly kind: 'rules'; readonly rules: RobotsRules }
  | { readonly kind: 'free' }
  | { readonly kind: 'unreachable'; readonly failure: HttpFailure };

/**
 * robots.txt of every host, read once a day at most and kept in the database (RFC 9309): 4xx means no rules, 5xx and
 * no answer mean that nothing may be fetched for now.
 */
export class RobotsPolicy {
  readonly #options: RobotsPolicyOptions;
  readonly #rulesOf: (url: URL) => Promise<Rules>;
  /** By URL, whether these rules forbid it; they are not kept in memory for that. */
  readonly #verdicts = new LRUCache<string, { readonly rules: WeakRef<RobotsRules>; readonly isForbidden: boolean }>({
    max: MAX_VERDICTS,
  });

  constructor(options: RobotsPolicyOptions) {
    this.#options = options;
    this.#rulesOf = rememberPerHost(
      () => options.clock.now(),
      (url) => this.#load(url),
    );
  }

  /** The failure that a forbidden URL comes to; undefined when it may be fetched. */
  async refusal(url: URL): Promise<HttpFailure | undefined> {
    const known = await this.#rulesOf(url);
    if (known.kind === 'free') return undefined;
    if (known.kind === 'unreachable') return known.failure;
    return this.#isForbidden(url, known.rules)
      ? httpFailure('robots_disallowed', `robots.txt of ${url.host}`)
      : undefined;
  }

  #isForbidden(url: URL, rules: RobotsRules): boolean {
    const known = this.#verdicts.get(url.href);
    if (known?.rules.deref() === rules) return known.isForbidden;
    const isForbidden = rules.paths.forbids(url);
    this.#verdicts.set(url.href, { rules: new WeakRef(rules), isForbidden });
    return isForbidden;
  }

  async #load(url: URL): Promise<HostFacts<Rules>> {
    const { db, clock } = this.#options;
    const stored = (await readHost(db, url.host))?.robots;
    if (stored && isUsable(stored, clock.now())) {
      return factsOf(this.#apply(url, stored), usableUntil(stored));
    }
    const response = await this.#fetch(url);
    if (!response.ok && response.outcome === 'address_refused') {
      // The request itself will be refused for that.
      return { value: { kind: 'free' }, untilMillis: clock.now() + REFUSED_MILLIS };
    }
    const fetched: StoredRobots = {
      text: response.ok && response.status < 300 ? policyLines(response.body) : null,
      status: response.ok ? response.status : null,
      fetchedAt: new Date(clock.now()),
    };
    const rules = this.#apply(url, fetched, response.ok ? undefined : response);
    await saveRobots(db, url.host, {
      ...fetched,
      crawlDelayMillis: rules.kind === 'rules' ? crawlDelayMillis(rules.rules) : null,
    });
    return factsOf(rules, usableUntil(fetched));
  }

  async #fetch(url: URL): Promise<HttpResult> {
    const file = await fetchPolicyFile(this.#options, new URL('/robots.txt', url), 'text/plain,*/*');
    // What breaks off may have forbidden more.
    return file.ok ? (file.brokenOff ?? file) : file;
  }

  #apply(url: URL, stored: StoredRobots, failure?: HttpFailure): Rules {
    if (stored.text !== null) {
      const rules = parseRobots(stored.text, this.#options.agent);
      this.#options.rateLimiter.slowDown(url.host, crawlDelayMillis(rules) ?? 0);
      return { kind: 'rules', rules };
    }
    if (stored.status !== null && !isServerTrouble(stored.status)) return { kind: 'free' };
    // A host that is not there at all says more than that its rules are not.
    if (failure?.outcome === 'network_error' || failure?.outcome === 'tls_error') {
      return { kind: 'unreachable', failure };
    }
    const detail = `robots.txt of ${url.host}: ${failure?.detail ?? `status ${stored.status}`}`;
    return {
      kind: 'unreachable',
      failure: httpFailure('robots_disallowed', detail, { retryAfterMillis: 3600 * 1000 }),
    };
  }
}

function factsOf(value: Rules, untilMillis: number): HostFacts<Rules> {
  return { value, untilMillis, bytes: value.kind === 'rules' ? value.rules.paths.bytes : 0 };
}

function crawlDelayMillis({ crawlDelay: seconds }: RobotsRules): number | null {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0) return null;
  return Math.min(Math.round(seconds * 1000), MAX_CRAWL_DELAY_MILLIS);
}
