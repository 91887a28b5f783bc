import fc from 'fast-check';
import { DECIDED_STATES, ImageLists } from './index';
import type { DecidedImage, FilterTexts, ListRequest } from './index';
import { STUDIO_SORTS } from '@winnow/contracts';
import type { StudioSort } from '@winnow/contracts';
import { CLASSES, columnsOf, doubtOfImage, imagesArbitrary, sampleImages } from './spec-support/drawn-columns';
import type { DrawnImage } from './spec-support/drawn-columns';

type Decisions = ReadonlyMap<string, DecidedImage>;

const orNone = (values: readonly string[]): readonly string[] => (values.length === 0 ? ['none'] : values);

/** All values that an image has of a filter, as an address names them. */
const VALUES: Readonly<Record<string, (image: DrawnImage, decision: DecidedImage | undefined) => readonly string[]>> = {
  kind: ({ verdict }) => [verdict?.kind ?? 'none'],
  given: ({ label }) => [CLASSES[label] as string],
  refined: ({ verdict }) => [verdict === null ? 'none' : (CLASSES[verdict.refinedLabel] as string)],
  flag: ({ flags }) => orNone(flags),
  license: ({ licenses }) => orNone(licenses),
  engine: ({ engines }) => orNone(engines),
  host: ({ hosts }) => hosts,
  decided: (_image, decision) => [decision?.state ?? 'none'],
  by: (_image, decision) => orNone(decision?.people ?? []),
};

function valuesOf(name: string, image: DrawnImage, decisions: Decisions): readonly string[] {
  return VALUES[name]?.(image, decisions.get(image.sha256)) ?? [];
}

function numberOf(name: string, image: DrawnImage): number {
  if (name === 'doubt') return doubtOfImage(image);
  return name === 'copies' ? image.copies : Math.min(image.width, image.height);
}

interface NaiveFilter {
  readonly name: keyof FilterTexts;
  readonly text: string;
  holds(image: DrawnImage, decisions: Decisions): boolean;
}

const listFilter = (name: keyof FilterTexts, values: readonly string[]): fc.Arbitrary<NaiveFilter> =>
  fc
    .record({ asked: fc.subarray([...values, 'nothing has this'], { minLength: 1 }), isNegated: fc.boolean() })
    .map(({ asked, isNegated }) => ({
      name,
      text: `${isNegated ? '!' : ''}${asked.map((value) => value.replaceAll(',', '\\,')).join(',')}`,
      holds: (image, decisions) =>
        valuesOf(name, image, decisions).some((value) =>
          asked.some((one) => value === one || (name === 'host' && value.endsWith(`.${one}`))),
        ) !== isNegated,
    }));

const rangeFilter = (name: keyof FilterTexts, largest: number): fc.Arbitrary<NaiveFilter> =>
  fc
    .record({ from: fc.option(fc.integer({ min: 0, max: 100 })), to: fc.option(fc.integer({ min: 0, max: 100 })) })
    .filter(({ from, to }) => from !== null || to !== null)
    .map(({ from, to }) => {
      const [low, high] = [from, to].map((end) => (end === null ? null : (end * largest) / 100));
      return {
        name,
        text: `${low ?? ''}-${high ?? ''}`,
        holds: (image) => {
          const value = numberOf(name, image);
          return value >= (low ?? -Infinity) && value <= (high ?? Infinity);
        },
      };
    });

const filtersArbitrary = fc
  .tuple(
    fc.option(listFilter('kind', ['clean', 'closed', 'open', 'none'])),
    fc.option(listFilter('given', CLASSES)),
    fc.option(listFilter('refined', [...CLASSES, 'none'])),
    fc.option(listFilter('flag', ['blurry', 'dark', 'none'])),
    fc.option(listFilter('license', ['by', 'cc0', 'none'])),
    fc.option(listFilter('engine', ['bing', 'openverse', 'none'])),
    fc.option(listFilter('host', ['a.test', 'b.test'])),
    fc.option(listFilter('decided', DECIDED_STATES)),
    fc.option(listFilter('by', ['Anna', 'Ben', 'none'])),
    fc.option(rangeFilter('doubt', 1)),
    fc.option(rangeFilter('side', 500)),
    fc.option(rangeFilter('copies', 5)),
  )
  // Few at once, or nothing is left.
  .chain((filters) =>
    fc.subarray(
      filters.filter((filter) => filter !== null),
      { maxLength: 4 },
    ),
  );

const decisionsArbitrary = fc.array(
  fc.record({
    at: fc.nat(39),
    state: fc.constantFrom(...DECIDED_STATES),
    decided: fc.option(fc.nat(2)),
    people: fc.subarray(['Anna', 'Ben', 'Cleo']),
  }),
  { maxLength: 20 },
);

const caseArbitrary = fc.record({
  images: imagesArbitrary,
  filters: filtersArbitrary,
  decisions: decisionsArbitrary,
  sort: fc.constantFrom(...STUDIO_SORTS),
  isDescending: fc.boolean(),
});

function open({
  images,
  decisions,
}: {
  images: readonly DrawnImage[];
  decisions: readonly ({ at: number } & Omit<DecidedImage, 'sha256'>)[];
}) {
  const lists = new ImageLists(columnsOf(images));
  const decided = decisions.flatMap(({ at, ...opinion }) => {
    const sha256 = images[at]?.sha256;
    return sha256 === undefined ? [] : [{ sha256, ...opinion }];
  });
  lists.applyDecisions(decided);
  return { lists, decisions: new Map(decided.map((one) => [one.sha256, one])) as Decisions };
}

const textsOf = (filters: readonly NaiveFilter[]): FilterTexts =>
  Object.fromEntries(filters.map(({ name, text }) => [name, text]));

function sortKey(sort: StudioSort, image: DrawnImage, index: number): number {
  const { verdict } = image;
  const orLast = (value: number | undefined): number => value ?? Infinity;
  switch (sort) {
    case 'position':
      return index;
    case 'given':
      return image.label;
    case 'refined':
      return orLast(verdict?.refinedLabel);
    case 'copies':
      return image.copies;
    case 'side':
      return Math.min(image.width, image.height);
    case 'doubt':
      return verdict === null ? Infinity : Math.fround(doubtOfImage(image));
    case 'clean':
    case 'closed':
    case 'open':
      return orLast(verdict?.[`${sort}Probability`]);
  }
}

describe('ImageLists', () => {
  it('lists what a naive filter and a stable sort list', () => {
    fc.assert(
      fc.property(caseArbitrary, ({ filters, sort, isDescending, ...given }) => {
        const { lists, decisions } = open(given);
        const expected = given.images
          .map((image, index) => ({ image, index, key: sortKey(sort, image, index) }))
          .filter(({ image }) => filters.every((filter) => filter.holds(image, decisions)))
          .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
          .map(({ index }) => index);
        if (isDescending) expected.reverse();
        const request: ListRequest = { filters: textsOf(filters), sort, isDescending };
        expect([...lists.list(request)]).toEqual(expected);
        const { total, rows } = lists.window(request, 3, 5);
        expect([total, ...rows]).toEqual([expected.length, ...expected.slice(3, 8)]);
      }),
      { seed: 23, numRuns: 400 },
    );
  });

  it('counts each facet over what fits all other filters', () => {
    fc.assert(
      fc.property(caseArbitrary, ({ filters, ...given }) => {
        const { lists, decisions } = open(given);
        const { total, facets } = lists.facets({ filters: textsOf(filters) });
        expect(total).toBe(
          given.images.filter((image) => filters.every((filter) => filter.holds(image, decisions))).length,
        );
        for (const [name, values] of Object.entries(facets)) {
          const others = filters.filter((filter) => filter.name !== name);
          const fitting = given.images.filter((image) => others.every((filter) => filter.holds(image, decisions)));
          for (const { value, count } of values) {
            const has = fitting.filter((image) => valuesOf(name, image, decisions).includes(value));
            expect([name, value, count]).toEqual([name, value, has.length]);
          }
          expect(values.map(({ count }) => count)).toEqual(values.map(({ count }) => count).sort((a, b) => b - a));
        }
      }),
      { seed: 24, numRuns: 200 },
    );
  });

  it('finds rows by digest', () => {
    fc.assert(
      fc.property(imagesArbitrary, (images) => {
        const lists = new ImageLists(columnsOf([...images, ...images.slice(0, 2)]));
        images.forEach(({ sha256 }, index) => {
          expect(lists.rowsOf(sha256)).toEqual(index < 2 ? [index, images.length + index] : [index]);
        });
        expect(lists.rowsOf('0'.repeat(64))).toEqual([]);
        expect(lists.rowsOf('no digest')).toEqual([]);
      }),
      { seed: 25, numRuns: 50 },
    );
  });

  it('gives the same list another version only where something changed', () => {
    const images = sampleImages(26);
    const lists = new ImageLists(columnsOf(images));
    const request: ListRequest = { filters: { decided: 'none' }, sort: 'doubt', isDescending: true };
    const before = lists.window(request, 0, 10);
    expect(lists.window(request, 5, 10).version).toBe(before.version);
    lists.applyDecisions([{ sha256: images[0]?.sha256 ?? '', state: 'decided', decided: 1, people: ['Anna'] }]);
    const after = lists.window(request, 0, 10);
    expect(after.version).toBeGreaterThan(before.version);
    expect(after.total).toBe(before.total - 1);
  });

  it('marks what was to be forgotten, once', () => {
    const lists = new ImageLists(columnsOf(sampleImages(29)));
    const { version } = lists;
    lists.forget([2, 4]);
    expect([lists.version, ...lists.columns.forgotten.slice(0, 5)]).toEqual([version + 1, 0, 0, 1, 0, 1]);
    lists.forget([2]);
    expect(lists.version).toBe(version + 1);
  });

  it.each(['', 'x', '-', '.5', '1-2-3', '-.', 'NaN-1'])('takes "%s" for no range', (text) => {
    const lists = new ImageLists(columnsOf([]));
    const list = () => lists.list({ filters: { doubt: text }, sort: 'position', isDescending: false });
    if (text === '') expect(list()).toHaveLength(0);
    else expect(list).toThrow(/is no range/);
  });

  it('tells of each row whether it is in a list', () => {
    const lists = new ImageLists(columnsOf(sampleImages(28, 40)));
    for (const request of [{ filters: {} }, { filters: { kind: 'closed' } }, { filters: {}, where: 'copies > 2' }]) {
      const listed = lists.list({ ...request, sort: 'doubt', isDescending: true });
      const isListed = lists.membership(request);
      const rows = Array.from({ length: 40 }, (_, row) => row).filter(isListed);
      expect(rows).toEqual([...listed].sort((a, b) => a - b));
    }
  });

  it('keeps more people than it has bits for', () => {
    const images = sampleImages(28, 40);
    const lists = new ImageLists(columnsOf(images));
    lists.applyDecisions(
      images.map(({ sha256 }, index) => ({ sha256, state: 'decided' as const, decided: 0, people: [`p${index}`] })),
    );
    const by = (name: string) => lists.list({ filters: { by: name }, sort: 'position', isDescending: false }).length;
    expect([by('p0'), by('p30'), by('p31'), by('p39')]).toEqual([1, 1, 9, 9]);
  });
});
