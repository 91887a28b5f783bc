import type { StudioRunDetail, StudioRuns } from '@winnow/contracts';
import { useQueries, useSuspenseQueries, useSuspenseQuery } from '@tanstack/react-query';
import { read } from '../../server/client';

/** A point of a run under way is to be seen within 2 s; others are asked for so that a new one turns up. */
const LIVE_MILLIS = 1000;
const IDLE_MILLIS = 5000;

export function useRuns(): StudioRuns {
  return useSuspenseQuery({
    queryKey: ['runs'],
    queryFn: ({ signal }) => read('/api/runs', { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.runs.some(({ progress }) => progress !== null) ? LIVE_MILLIS : IDLE_MILLIS,
  }).data;
}

const detailOf = (id: string) => ({
  queryKey: ['runs', id],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => read('/api/runs/:id', { parts: { id }, signal }),
  staleTime: 0,
});

export function useRun(id: string): StudioRunDetail {
  return useSuspenseQuery({
    ...detailOf(id),
    refetchInterval: ({ state }) => (state.data?.isFinished ? false : LIVE_MILLIS),
  }).data;
}

/** All of them, in this order. */
export function useRunDetails(ids: readonly string[]): readonly StudioRunDetail[] {
  return useSuspenseQueries({ queries: ids.map(detailOf) }).map(({ data }) => data);
}

/** As far as they are there. */
export function useLoadedRunDetails(ids: readonly string[]): readonly StudioRunDetail[] {
  return useQueries({ queries: ids.map(detailOf) }).flatMap(({ data }) => (data === undefined ? [] : [data]));
}
