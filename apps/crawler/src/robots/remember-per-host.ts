/** What was learnt about a host, and until when it may be used. */
export interface HostFacts<T> {
  readonly value: T;
  readonly untilMillis: number;
}

interface Remembered<T> {
  readonly value: Promise<T>;
  untilMillis: number;
}

/** Hosts whose facts are kept in memory; of the others they are in the database. */
const MAX_HOSTS = 10_000;

/** Facts of hosts, loaded when first asked for and again when they are out of date; a load under way is shared. */
export function rememberPerHost<T>(
  now: () => number,
  load: (url: URL) => Promise<HostFacts<T>>,
  maxHosts = MAX_HOSTS,
): (url: URL) => Promise<T> {
  const hosts = new Map<string, Remembered<T>>();
  return (url) => {
    const known = hosts.get(url.host);
    if (known !== undefined && now() < known.untilMillis) return known.value;
    const loading = load(url);
    const entry: Remembered<T> = { value: loading.then(({ value }) => value), untilMillis: Infinity };
    loading.then(
      ({ untilMillis }) => (entry.untilMillis = untilMillis),
      () => hosts.delete(url.host),
    );
    hosts.delete(url.host);
    hosts.set(url.host, entry);
    const [oldest] = hosts.keys();
    if (hosts.size > maxHosts && oldest !== undefined) hosts.delete(oldest);
    return entry.value;
  };
}
