import { hashKey, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { readBytes, WHILE_PASSING } from '../../server/client';
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
}

/** What the map of a list shows. Null until all of it is there, then `says` has words. */
export function useMapData(
  query: ListFilters,
  wantsStates: boolean,
  isSplit: boolean,
): { readonly data: MapData | null; readonly error: Error | null; readonly says: string } {
  const frame = useShownFrame();
  const { lasso, ...filters } = { ...frame, ...filterTexts(query) } as Readonly<Record<string, string>>;
  const points = useQuery({
    ...WHILE_PASSING,
    queryKey: ['map', 'points', frame],
    queryFn: async ({ signal }) => mapPointsOf(await readBytes('/api/map/points', { search: frame, signal })),
    enabled: isSplit,
    staleTime: Infinity,
    structuralSharing: false,
  });
  const topic = dependsOnDecisions(query) ? 'decisions' : 'map';
  const maskOf = (texts: Readonly<Record<string, string>>, isWanted: boolean) => ({
    ...WHILE_PASSING,
    queryKey: [topic, 'map-mask', frame, texts] as const,
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
      new Uint8Array(await readBytes('/api/map/mask', { search: texts, signal })),
    enabled: isWanted,
    // Bits of another split are of other images.
    placeholderData: (bits: Uint8Array<ArrayBuffer> | undefined, of?: { readonly queryKey: readonly unknown[] }) =>
      hashKey([of?.queryKey[2]]) === hashKey([frame]) ? bits : undefined,
    structuralSharing: false,
  });
  const visible = useQuery(maskOf(filters, isSplit));
  const hasLasso = lasso !== undefined;
  const chosen = useQuery(maskOf({ ...filters, lasso: lasso ?? '' }, isSplit && hasLasso));
  const states = useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'map-states', frame],
    queryFn: async ({ signal }) => new Uint8Array(await readBytes('/api/map/states', { search: frame, signal })),
    enabled: isSplit && wantsStates,
    structuralSharing: false,
  });
  const all = useMemo(() => {
    if (points.data === undefined || visible.data === undefined) return null;
    const bits = hasLasso ? (chosen.data ?? null) : null;
    const isChoosing = hasLasso && (bits === null || chosen.isPlaceholderData);
    return { points: points.data, visible: visible.data, chosen: bits, isChoosing, states: states.data ?? null };
  }, [points.data, visible.data, chosen.data, chosen.isPlaceholderData, states.data, hasLasso]);
  const waiting = points.failureReason ?? visible.failureReason ?? chosen.failureReason;
  return { data: all, error: points.error ?? visible.error ?? chosen.error, says: waiting?.message ?? 'Loading …' };
}
