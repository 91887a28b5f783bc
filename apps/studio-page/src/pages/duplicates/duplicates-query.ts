import type { DuplicateKind, StudioDuplicates } from '@winnow/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Parameter, ValuesOf } from '../../address/codec';
import { choiceParameter, flagParameter, rangeParameter } from '../../address/codec';
import { read, WHILE_PASSING } from '../../server/client';

export const KINDS = ['near', 'similar', 'conflicts', 'leaks'] as const satisfies readonly DuplicateKind[];
export const VIEWS = ['side', 'overlay', 'difference'] as const;
export type PairView = (typeof VIEWS)[number];

/** Pairs of a page. */
export const PAGE_PAIRS = 24;

const countParameter: Parameter<number> = {
  read: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  write: (value) => (value === 0 ? '' : String(value)),
  standard: 0,
};

export const DUPLICATES_ADDRESS = {
  kind: choiceParameter(KINDS, 'near'),
  distance: rangeParameter(),
  undecided: flagParameter(),
  view: choiceParameter(VIEWS, 'side'),
  from: countParameter,
};
export type DuplicatesAddress = ValuesOf<typeof DUPLICATES_ADDRESS>;

/** An answer, and when it was asked for (`performance.now()`). */
export interface AskedDuplicates {
  readonly answer: StudioDuplicates;
  readonly askedAt: number;
}

/** The page of a list that the address names; a decision of anybody makes it stale. @param buildId null: there is no data set */
export function useDuplicates({ kind, distance, undecided, from }: DuplicatesAddress, buildId: string | null) {
  const search = {
    ...{ b: buildId ?? '', kind, from, count: PAGE_PAIRS },
    distance: DUPLICATES_ADDRESS.distance.write(distance),
    undecided: undecided ? '1' : '',
  };
  return useQuery({
    ...WHILE_PASSING,
    queryKey: ['decisions', 'duplicates', search],
    queryFn: async ({ signal }): Promise<AskedDuplicates> => {
      const askedAt = performance.now();
      return { answer: await read('/api/duplicates', { search, signal }), askedAt };
    },
    placeholderData: keepPreviousData,
    enabled: buildId !== null,
  });
}
