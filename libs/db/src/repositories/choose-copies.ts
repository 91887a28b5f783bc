import { compareText } from '@winnow/contracts';
import type { Outcome } from '@winnow/contracts';

/** A listed URL that is said to be a copy of another, or to have one. */
export interface LinkedUrl {
  readonly url: string;
  /** `failed`: it will not be tried again. */
  readonly state: 'stored' | 'open' | 'failed';
}

/** URLs that are copies of one another, by the engines' account. */
export interface CopyGroup {
  /** `duplicate_bytes` where a digest of the file says so. */
  readonly outcome: Extract<Outcome, 'duplicate_bytes' | 'duplicate_near'>;
  readonly urls: readonly string[];
}

/** The copy that stands for a URL. */
export interface KnownCopy {
  readonly keptUrl: string;
  readonly outcome: CopyGroup['outcome'];
}

const byUrl = (a: LinkedUrl, b: LinkedUrl): number => compareText(a.url, b.url);

/**
 * Decides which URLs need no download. Stored ones come first, then those that may still be fetched, each in byte
 * order; each open URL that shares a group with an earlier one that is kept is its copy, by digest rather than by an
 * engine's list. So nobody stands for a copy who is a copy himself, and the order of groups does not matter.
 * @returns by URL, for open ones with a copy
 */
export function chooseCopies(urls: readonly LinkedUrl[], groups: readonly CopyGroup[]): ReadonlyMap<string, KnownCopy> {
  const order = [
    ...urls.filter(({ state }) => state === 'stored').sort(byUrl),
    ...urls.filter(({ state }) => state === 'open').sort(byUrl),
  ];
  const groupsOf = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) {
    for (const url of group.urls) {
      const known = groupsOf.get(url);
      if (known === undefined) groupsOf.set(url, [index]);
      else known.push(index);
    }
  }
  /** By group: the place in the order of the first that is kept. */
  const keptIn = new Map<number, number>();
  const copies = new Map<string, KnownCopy>();
  for (const [place, { url, state }] of order.entries()) {
    const own = groupsOf.get(url) ?? [];
    const copy = state === 'stored' ? undefined : bestCopy(own, { groups, keptIn, order });
    if (copy !== undefined) copies.set(url, copy);
    else for (const index of own) if (!keptIn.has(index)) keptIn.set(index, place);
  }
  return copies;
}

function bestCopy(
  own: readonly number[],
  known: {
    readonly groups: readonly CopyGroup[];
    readonly keptIn: ReadonlyMap<number, number>;
    readonly order: readonly LinkedUrl[];
  },
): KnownCopy | undefined {
  const found = own.flatMap((index) => {
    const place = known.keptIn.get(index);
    const outcome = known.groups[index]?.outcome;
    return place === undefined || outcome === undefined ? [] : [{ place, outcome }];
  });
  const isNear = ({ outcome }: (typeof found)[number]): number => (outcome === 'duplicate_near' ? 1 : 0);
  const [best] = found.sort((a, b) => isNear(a) - isNear(b) || a.place - b.place);
  const keptUrl = best === undefined ? undefined : known.order[best.place]?.url;
  return best === undefined || keptUrl === undefined ? undefined : { keptUrl, outcome: best.outcome };
}
