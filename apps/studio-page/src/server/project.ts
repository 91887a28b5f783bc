import type { StudioBuild, StudioProject, StudioSplit } from '@winnow/contracts';
import { QueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useAddress } from '../address/use-address';
import { read } from './client';

/** The server is this machine: there is no network to be without. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, refetchOnWindowFocus: false, staleTime: 60_000 },
    mutations: { networkMode: 'always', retry: false },
  },
});

export const PROJECT = { queryKey: ['project'], queryFn: () => read('/api/project') } as const;

/** What a decision leaves as it is: who shows only this is not drawn again after each. */
type SteadyProject = Omit<StudioProject, 'decisionCount' | 'next'>;
const steady = ({ decisionCount: _count, next: _next, ...rest }: StudioProject): SteadyProject => rest;

/** Loaded before the first page is drawn. */
export function useProject(): SteadyProject {
  return useSuspenseQuery({ ...PROJECT, select: steady }).data;
}

/** All of it, with what each decision changes. */
export function useWholeProject(): StudioProject {
  return useSuspenseQuery(PROJECT).data;
}

export const fetchProject = (): Promise<StudioProject> => queryClient.fetchQuery({ ...PROJECT, staleTime: 0 });

/** Which data set and split a page shows; `isNewest` false: the address asks for an older one. */
interface Shown {
  readonly build: StudioBuild | null;
  readonly split: StudioSplit | null;
  readonly isNewest: boolean;
}

/** `b` and `s` of an address are prefixes of ids; without them the newest. */
function chooseShown(project: SteadyProject, { b = '', s = '' }: Readonly<Record<string, string>>): Shown {
  const split = s === '' ? null : (project.splits.find(({ id }) => id.startsWith(s)) ?? null);
  const buildId = b === '' ? (split?.buildId ?? '') : b;
  const build = project.builds.find(({ id }) => id.startsWith(buildId)) ?? null;
  const newest = project.splits.find(({ buildId: of }) => of === build?.id) ?? null;
  const shown = split?.buildId === build?.id ? split : newest;
  return { build, split: shown, isNewest: build === (project.builds[0] ?? null) && shown === newest };
}

export function useShown(): Shown {
  return chooseShown(useProject(), useAddress().search);
}

/**
 * What an address shows, by whole ids: one without them means the newest, which becomes another one while a page is open,
 * so that what is kept under it would be mixed with what is asked for later. What names nothing stays, and is an error.
 */
export function shownFrame(project: SteadyProject, search: Readonly<Record<string, string>>): Record<string, string> {
  const { build, split } = chooseShown(project, search);
  const whole = (asked = '', id = ''): string => (id.startsWith(asked) ? id : asked);
  const ids = { b: whole(search['b'], build?.id), s: whole(search['s'], split?.id) };
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== ''));
}

export function useShownFrame(): Record<string, string> {
  return shownFrame(useProject(), useAddress().search);
}
