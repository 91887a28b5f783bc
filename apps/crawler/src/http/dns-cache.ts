import { LRUCache } from 'lru-cache';

/** All addresses of a host name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface DnsCacheOptions {
  /** Milliseconds of any clock that does not go back. */
  readonly now: () => number;
  readonly maxHosts: number;
  readonly keepMillis: number;
  /** How long a name that was not found is not asked for again. */
  readonly keepFailureMillis: number;
}

const DEFAULT_DNS_CACHE: DnsCacheOptions = {
  now: () => performance.now(),
  maxHosts: 10_000,
  keepMillis: 60_000,
  keepFailureMillis: 5000,
};

/** A resolver that remembers. It judges nothing: addresses are checked whenever one is dialled. */
export interface DnsCache {
  readonly lookup: Lookup;
  /** The next lookup of the host asks again: nothing answered at its address. */
  forget(host: string): void;
}

type Resolved = { readonly addresses: readonly string[] } | { readonly error: unknown };

/** Remembers what a resolver said; lookups of one name under way at once are one. */
export function createDnsCache(lookup: Lookup, options: DnsCacheOptions = DEFAULT_DNS_CACHE): DnsCache {
  const hosts = new LRUCache<string, Resolved>({
    max: options.maxHosts,
    perf: { now: options.now },
    ttlResolution: 0,
    // Whoever asked is told, also when so many others asked meanwhile that it is not kept.
    ignoreFetchAbort: true,
    fetchMethod: async (host, _stale, { options: entry }): Promise<Resolved> => {
      try {
        entry.ttl = options.keepMillis;
        return { addresses: await lookup(host) };
      } catch (error) {
        entry.ttl = options.keepFailureMillis;
        return { error };
      }
    },
  });
  return {
    async lookup(host) {
      const resolved = await hosts.forceFetch(host);
      if ('error' in resolved) throw resolved.error;
      return resolved.addresses;
    },
    forget: (host) => void hosts.delete(host),
  };
}
