import { LRUCache } from 'lru-cache';

/** What was learnt about a host, and until when it may be used. */
export interface HostFacts<T> {
  readonly value: T;
  readonly untilMillis: number;
  /** About how much memory the value takes, in characters of text. */
  readonly characters?: number;
}

/** Hosts whose facts are kept in memory; of the others they are in the database. */
const MAX_HOSTS = 10_000;
/** Of the facts of all hosts, however much each of them states. */
const MAX_CHARACTERS = 50_000_000;

/** Facts of hosts, loaded when first asked for and again when they are out of date; a load under way is shared. */
export function rememberPerHost<T extends NonNullable<unknown>>(
  now: () => number,
  load: (url: URL) => Promise<HostFacts<T>>,
  maxHosts = MAX_HOSTS,
): (url: URL) => Promise<T> {
  const hosts = new LRUCache<string, T, URL>({
    max: maxHosts,
    maxSize: MAX_CHARACTERS,
    perf: { now },
    ttlResolution: 0,
    // Whoever asked is told, also when so many others asked meanwhile that it is not kept.
    ignoreFetchAbort: true,
    fetchMethod: async (_host, _stale, { context: url, options }) => {
      const { value, untilMillis, characters = 0 } = await load(url);
      options.ttl = Math.max(1, untilMillis - now());
      options.size = characters + 1;
      return value;
    },
  });
  return (url) => hosts.forceFetch(url.host, { context: url });
}
