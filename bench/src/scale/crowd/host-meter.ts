/** Consecutive gaps that are averaged: one late arrival says little, ten early ones do. */
export const AVERAGED_GAPS = 10;

/** How one host was treated, since the server started. */
export interface HostReading {
  readonly requests: number;
  /** Smallest time between the starts of two requests as this server saw them; null before the second. */
  readonly seenSpacingMillis: number | null;
  /** The same, where the first of the two is given the time that it may have waited for the server. */
  readonly worstSpacingMillis: number | null;
  /** Smallest mean of AVERAGED_GAPS consecutive spacings, likewise; null before there were as many. */
  readonly worstMeanSpacingMillis: number | null;
  /** Most requests under way at once. */
  readonly worstConcurrency: number;
}

export interface HostMeter {
  /**
   * A request has begun.
   * @param waitedMillis how much earlier it may have come
   * @returns to be called once when it has ended, in whatever way
   */
  start(waitedMillis: number): () => void;
  read(): HostReading;
}

interface Start {
  readonly seen: number;
  /** No earlier than this. */
  readonly earliest: number;
}

/** Measures spacing and concurrency of the requests to one host, in constant memory. */
export function createHostMeter(nowMillis: () => number): HostMeter {
  const starts: Start[] = [];
  let requests = 0;
  let underWay = 0;
  let worstConcurrency = 0;
  let seenSpacing = Number.POSITIVE_INFINITY;
  let worstSpacing = Number.POSITIVE_INFINITY;
  let worstMean = Number.POSITIVE_INFINITY;
  return {
    start(waitedMillis) {
      const now = nowMillis();
      requests += 1;
      underWay += 1;
      worstConcurrency = Math.max(worstConcurrency, underWay);
      const previous = starts.at(-1);
      if (previous !== undefined) {
        seenSpacing = Math.min(seenSpacing, now - previous.seen);
        worstSpacing = Math.min(worstSpacing, now - previous.earliest);
      }
      const first = starts.length < AVERAGED_GAPS ? undefined : starts.shift();
      if (first !== undefined) worstMean = Math.min(worstMean, (now - first.earliest) / AVERAGED_GAPS);
      starts.push({ seen: now, earliest: now - waitedMillis });
      return () => {
        underWay -= 1;
      };
    },
    read: () => ({
      requests,
      seenSpacingMillis: finite(seenSpacing),
      worstSpacingMillis: finite(worstSpacing),
      worstMeanSpacingMillis: finite(worstMean),
      worstConcurrency,
    }),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
