import { AVERAGED_GAPS } from './host-meter';
import type { HostReading } from './host-meter';

/** The politeness that a crawler promises. */
export interface HostLimits {
  /** Least time between the starts of two requests to one host. */
  readonly delayMillis: number;
  /** Most requests under way at once to one host. */
  readonly perHost: number;
  /** By how much requests may come closer on their way through busy processes. */
  readonly toleranceMillis: number;
}

/** All image hosts together. */
export interface HostsSummary {
  readonly hosts: number;
  readonly requests: number;
  readonly seenSpacingMillis: number | null;
  readonly worstSpacingMillis: number | null;
  readonly worstMeanSpacingMillis: number | null;
  readonly worstConcurrency: number;
  /** Hosts with two requests closer than delayMillis - toleranceMillis. */
  readonly tooClose: number;
  /** Hosts that were asked faster than one request in delayMillis, over ten requests; the tolerance is shared by them. */
  readonly tooFast: number;
  /** Hosts with more than perHost requests under way at once. */
  readonly tooMany: number;
  /** The hosts treated worst, by spacing. */
  readonly worst: readonly (HostReading & { readonly host: string })[];
}

const SHOWN = 3;

/** Sums up how hosts were treated, in the light of what was promised. */
export function summariseHosts(
  readings: readonly (HostReading & { readonly host: string })[],
  { delayMillis, perHost, toleranceMillis }: HostLimits,
): HostsSummary {
  const spacing = ({ worstSpacingMillis }: HostReading): number => worstSpacingMillis ?? Number.POSITIVE_INFINITY;
  const seen = ({ seenSpacingMillis }: HostReading): number => seenSpacingMillis ?? Number.POSITIVE_INFINITY;
  const mean = ({ worstMeanSpacingMillis }: HostReading): number => worstMeanSpacingMillis ?? Number.POSITIVE_INFINITY;
  const asked = readings.filter(({ requests }) => requests > 0).sort((a, b) => spacing(a) - spacing(b));
  const least = (values: readonly number[]): number | null => {
    const found = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return Number.isFinite(found) ? found : null;
  };
  return {
    hosts: asked.length,
    requests: asked.reduce((sum, { requests }) => sum + requests, 0),
    seenSpacingMillis: least(asked.map(seen)),
    worstSpacingMillis: least(asked.map(spacing)),
    worstMeanSpacingMillis: least(asked.map(mean)),
    worstConcurrency: asked.reduce((most, { worstConcurrency }) => Math.max(most, worstConcurrency), 0),
    tooClose: asked.filter((reading) => spacing(reading) < delayMillis - toleranceMillis).length,
    tooFast: asked.filter((reading) => mean(reading) < delayMillis - toleranceMillis / AVERAGED_GAPS).length,
    tooMany: asked.filter(({ worstConcurrency }) => worstConcurrency > perHost).length,
    worst: asked.slice(0, SHOWN),
  };
}
