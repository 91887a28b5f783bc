import { type PlanInput, planQueries } from './query-plan';

type Harvest = PlanInput['harvest'];
const variants = (harvest: Partial<Harvest>): readonly string[] =>
  planQueries({
    classes: [{ name: 'owl', queries: ['owl'] }],
    harvest: { engines: ['google'], expand: [], filters: {}, ...harvest },
    year: 2026,
  }).map(({ variant }) => variant);

describe('planQueries', () => {
  it('asks in parts after the plain query', () => {
    expect(variants({ expand: ['aspect'] })).toEqual(['', 'aspect=wide', 'aspect=tall', 'aspect=square']);
    expect(variants({ expand: ['years'] })).toHaveLength(11);
  });

  it('makes no part of what a filter of the project decides', () => {
    expect(variants({ expand: ['type', 'size'], filters: { type: 'photo' } })).toEqual([
      '',
      'size=large',
      'size=medium',
      'size=small',
    ]);
  });

  it('keeps years within the days of the filters', () => {
    expect(variants({ expand: ['years'], filters: { after: '2024-05-01', before: '2025-02-28' } })).toEqual([
      '',
      'after=2025-01-01&before=2025-02-28',
      'after=2024-05-01&before=2024-12-31',
    ]);
  });
});
