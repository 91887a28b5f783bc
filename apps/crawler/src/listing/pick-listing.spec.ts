import type { Listing } from '@winnow/db';
import { pickListing } from './pick-listing';

const NOW = new Date(1_700_000_000_000);
const listing = (engine: string, query: string, changes: Partial<Listing> = {}): Listing => ({
  project: 'p',
  className: 'c',
  engine,
  query,
  variant: '',
  pages: 0,
  cursor: null,
  state: 'pending',
  responseClass: null,
  hitCount: 0,
  nextTryAt: null,
  ...changes,
});
const order = ['a', 'b'].flatMap((engine) =>
  ['x', 'y'].map((query) => ({ className: 'c', engine, query, variant: '' })),
);
const pick = (listings: readonly Listing[], suspended: readonly string[] = []) => {
  const found = pickListing({ order, listings, suspended: new Set(suspended), now: NOW });
  return found === undefined ? undefined : `${found.engine} ${found.query}`;
};

describe('pickListing', () => {
  it('takes the first of those with the fewest pages', () => {
    const fresh = order.map(({ engine, query }) => listing(engine, query)).reverse();
    expect(pick(fresh)).toBe('a x');
    const [first, ...others] = order.map(({ engine, query }) => listing(engine, query));
    expect(pick([{ ...first!, pages: 1, cursor: { page: 2 } }, ...others])).toBe('a y');
  });

  it('leaves out what is done, blocked, suspended or not in the plan', () => {
    expect(pick([listing('a', 'x', { state: 'exhausted' })])).toBeUndefined();
    expect(pick([listing('a', 'x', { pages: 2, cursor: null })])).toBeUndefined();
    expect(pick([listing('a', 'x')], ['a'])).toBeUndefined();
    expect(pick([listing('other', 'x')])).toBeUndefined();
    const blocked = { state: 'blocked', nextTryAt: new Date(NOW.getTime() + 1) } as const;
    expect(pick([listing('a', 'x', blocked)])).toBeUndefined();
    expect(pick([listing('a', 'x', { ...blocked, nextTryAt: NOW })])).toBe('a x');
  });
});
