import type { Lookup } from './connector';

export interface DnsCacheOptions {
  /** Milliseconds of any clock that does not go back. */
  readonly now: () => number;
  readonly maxHosts: number;
  readonly keepMillis: number;
  /** How long a name that was not found is not asked for again. */
  readonly keepFailureMillis: number;
}

export const DEFAULT_DNS_CACHE: DnsCacheOptions = {
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

interface Entry {
  readonly addresses: Promise<readonly string[]>;
  untilMillis: number;
}

/** Remembers what a resolver said; lookups of one name under way at once are one. */
export function createDnsCache(lookup: Lookup, options: DnsCacheOptions = DEFAULT_DNS_CACHE): DnsCache {
  const entries = new Map<string, Entry>();

  const ask = (host: string): Entry => {
    const entry: Entry = { addresses: lookup(host), untilMillis: Infinity };
    entry.addresses.then(
      () => (entry.untilMillis = options.now() + options.keepMillis),
      () => (entry.untilMillis = options.now() + options.keepFailureMillis),
    );
    entries.delete(host);
    entries.set(host, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= options.maxHosts) break;
      entries.delete(oldest);
    }
    return entry;
  };

  return {
    lookup(host) {
      const known = entries.get(host);
      return (known !== undefined && options.now() < known.untilMillis ? known : ask(host)).addresses;
    },
    forget: (host) => void entries.delete(host),
  };
}
