import { hashKey, useQuery } from '@tanstack/react-query';
import type { MapLayout } from '@winnow/contracts/lasso';
import { useMemo } from 'react';
import { read, readBytes, WHILE_PASSING } from '../../server/client';
import { useShownFrame } from '../../server/project';
import type { ListFilters } from '../images/image-query';
import { dependsOnDecisions, filterTexts } from '../images/image-query';
import type { MapPoints } from './map-points';
import { mapPointsOf } from './map-points';

export interface MapData {
  readonly points: MapPoints;
  /** A bit an image: those of the list; and of these those in the lasso, null without one. */
  readonly visible: Uint8Array;
  readonly chosen: Uint8Array | null;
  /** The lasso is another one than `chosen` is of. */
  readonly isChoosing: boolean;
  /** What was decided; null where nobody asked, or not known yet. */
  readonly states: Uint8Array | null;
  /** Of the positions, how many in a hundred are means of others. */
  readonly interpolatedPercent: number;
}

interface MapWishes {
  readonly layout: MapLayout;
  readonly wantsStates: boolean;
  readonly isSplit: boolean;
}

interface MapQuery {
  /** Null until all of it is there. */
  readonly data: MapData | null;
  readonly error: Error | null;
  /** Why it is not there yet. */
  readonly reason: Error | null;
  /** The images were not laid out so: there is a command for it. */
  readonly isMissing: boolean;
}

/** What the map of a list shows. */
export function useMapData(query: ListFilters, { layout, wantsStates, isSplit }: MapWishes): MapQuery {
  const frame = useShownFrame();
  const { lasso, ...filters } = { ...frame, ...filterTexts(query) } as Readonly<Record<string, string>>;
  const { facts, found, isMissing, interpolatedPercent } = useLayoutFacts(frame, isSplit && layout === 'neighbours');
  const isThere = isSplit && (layout === 'triangle' || found !== null);
  const asked = { ...frame, layout };
  const points = useQuery({
    ...WHILE_PASSING,
    queryKey: ['map', 'points', asked, found],
    queryFn: async ({ signal }) => mapPointsOf(await readBytes('/api/map/points', { search: asked, signal })),
    enabled: isThere,
    staleTime: Infinity,
    structuralSharing: false,
  });
  const topic = dependsOnDecisions(query) ? 'decisions' : 'map';
  const maskOf = (texts: Readonly<Record<string, string>>, isWanted: boolean) => ({
    ...WHILE_PASSING,
    queryKey: [topic, 'map-mask', asked, texts] as const,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
      new Uint8Array(await readBytes('/api/map/mask', { search: { ...texts, layout }, signal })),
    enabled: isWanted,
    // Bits of another split or layout are of other images.
    placeholderData: (bits: Uint8Array<ArrayBuffer> | undefined, of?: { readonly queryKey: readonly unknown[] }) =>
      hashKey([of?.queryKey[2]]) === hashKey([asked]) ? bits : undefined,
    structuralSharing: false,
  });
  const visible = useQuery(maskOf(filters, isThere));
  const hasLasso = lasso !== undefined;
  const chosen = useQuery(maskOf({ ...filters, lasso: lasso ?? '' }, isThere && hasLasso));
  const states = useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'map-states', frame],
    queryFn: async ({ signal }) => new Uint8Array(await readBytes('/api/map/states', { search: frame, signal })),
    enabled: isThere && wantsStates,
    structuralSharing: false,
  });
  const all = useMemo(() => {
    if (points.data === undefined || visible.data === undefined) return null;
    const bits = hasLasso ? (chosen.data ?? null) : null;
    const isChoosing = hasLasso && (bits === null || chosen.isPlaceholderData);
    return {
      ...{ points: points.data, visible: visible.data, chosen: bits, isChoosing, interpolatedPercent },
      states: states.data ?? null,
    };
  }, [interpolatedPercent, points.data, visible.data, chosen.data, chosen.isPlaceholderData, states.data, hasLasso]);
  const queries = [facts, points, visible, chosen];
  return {
    data: all,
    error: queries.find(({ error }) => error !== null)?.error ?? null,
    reason: queries.find(({ failureReason }) => failureReason !== null)?.failureReason ?? null,
    isMissing,
  };
}

/** How images were laid out by likeness, where that is asked for. */
function useLayoutFacts(frame: ReturnType<typeof useShownFrame>, isAsked: boolean) {
  const facts = useQuery({
    ...WHILE_PASSING,
    // A command that ends tells of the project.
    queryKey: ['project', 'map-layout', frame],
    queryFn: ({ signal }) => read('/api/map/layout', { search: frame, signal }),
    enabled: isAsked,
  });
  const found = isAsked ? (facts.data?.layout ?? null) : null;
  const share = found === null ? 0 : found.interpolated / Math.max(1, found.placed);
  const isMissing = isAsked && facts.data?.layout === null;
  return { facts, found, isMissing, interpolatedPercent: Math.ceil(100 * share) };
}
