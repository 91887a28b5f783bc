import { LRUCache } from 'lru-cache';

/** What was learnt about a host, and until when it may be used. */
export interface HostFacts<T> {
  readonly value: T;
  readonly untilMillis: number;
  /** About how much memory the value takes. */
  readonly bytes?: number;
}

/** Hosts whose facts are kept in memory; of the others they are in the database. */
const MAX_HOSTS = 10_000;
/** Of the facts of all hosts, however much each of them states. */
const MAX_BYTES = 100_000_000;

/** Facts of hosts, loaded when first asked for and again when they are out of date; a load under way is shared. */
export function rememberPerHost<T extends NonNullable<unknown>>(
  now: () => number,
  load: (url: URL) => Promise<HostFacts<T>>,
  maxHosts = MAX_HOSTS,
): (url: URL) => Promise<T> {
  const hosts = new LRUCache<string, T, URL>({
    max: maxHosts,
    maxSize: MAX_BYTES,
    perf: { now },
    ttlResolution: 0,
    // Whoever asked is told, also when so many others asked meanwhile that it is not kept.
    ignoreFetchAbort: true,
    fetchMethod: async (_host, _stale, { context: url, options }) => {
      const { value, untilMillis, bytes = 0 } = await load(url);
      options.ttl = Math.max(1, untilMillis - now());
      options.size = bytes + 1;
      return value;
    },
  });
  return (url) => hosts.forceFetch(url.host, { context: url });
}
