import { SeededRandom } from '@winnow/random';

/** What an image host does when an image is asked for; `-once` ones only the first time. */
export type CrowdBehaviour = 'image' | 'gone' | 'busy-once' | 'reset-once' | 'truncated' | 'rate-once' | 'html';

/** In turn, one image out of FAULT_EVERY each. */
const FAULTS: readonly CrowdBehaviour[] = ['gone', 'busy-once', 'reset-once', 'truncated', 'rate-once', 'html'];
const FAULT_EVERY = 20;

/** What has to become of an image that never comes. */
const LOST_AS = { gone: 'gone', truncated: 'truncated', html: 'not_an_image' } as const satisfies Partial<
  Record<CrowdBehaviour, string>
>;

/** Openverse shows an anonymous client 12 pages of 20 results: 19 images of the query's own and one of the next. */
const MAX_PAGES = 12;
const OWN_PER_PAGE = 19;
const OWN_PER_QUERY = MAX_PAGES * OWN_PER_PAGE;

export interface CrowdSize {
  readonly images: number;
  readonly hosts: number;
  readonly classes: number;
  /** Draws which images are faulty. */
  readonly seed: number;
}

export interface CrowdClass {
  readonly name: string;
  /** Search texts, each of which lists images that no other text of any class lists on its own account. */
  readonly queries: readonly string[];
}

/** What a database has to hold after a crawl that asked every query to its end. */
export interface CrowdTruth {
  readonly hits: number;
  readonly urls: number;
  /** URLs by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Different files. */
  readonly images: number;
  /** Hits that lead to a stored file. */
  readonly occurrences: number;
}

/** Who shows which image, where, and how badly: numbers only, the same for the same size. */
export interface CrowdPlan {
  readonly size: CrowdSize;
  readonly hosts: readonly string[];
  readonly classes: readonly CrowdClass[];
  readonly truth: CrowdTruth;
  behaviourOf(image: number): CrowdBehaviour;
  urlOf(image: number): string;
  /** Undefined for a path that the host does not serve. */
  imageAt(host: string, path: string): number | undefined;
  /** Images on each page of a query's results, in order; empty for an unknown query. */
  pagesOf(query: string): readonly (readonly number[])[];
}

interface OwnRange {
  readonly query: string;
  readonly from: number;
  /** The first image that is no longer the query's own. */
  readonly to: number;
}

export function crowdPlan(size: CrowdSize): CrowdPlan {
  const behaviours = drawBehaviours(size);
  const behaviourOf = (image: number): CrowdBehaviour => behaviours[image] ?? 'gone';
  const byClass = queryRanges(size);
  const ranges = byClass.flat();
  const places = new Map(ranges.map(({ query }, place) => [query, place]));
  const pagesOf = (query: string) => pagesAt(ranges, places.get(query));
  const hosts = Array.from({ length: size.hosts }, (_, host) => hostName(host));
  return {
    size,
    hosts,
    classes: byClass.map((own, index) => ({ name: className(index), queries: own.map(({ query }) => query) })),
    truth: truthOf(
      ranges.flatMap(({ query }) => pagesOf(query).flat()),
      behaviours,
    ),
    behaviourOf,
    urlOf: (image) => `http://${hostName(image % size.hosts)}/p/${digits(image, 6)}.png`,
    imageAt(host, path) {
      const image = Number(/^\/p\/(\d{6})\.png$/.exec(path)?.[1] ?? Number.NaN);
      return image < size.images && hostName(image % size.hosts) === host ? image : undefined;
    },
    pagesOf,
  };
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function hostName(host: number): string {
  return `host${digits(host + 1, 4)}.crowd.test`;
}

function drawBehaviours({ images, seed }: CrowdSize): readonly CrowdBehaviour[] {
  const random = new SeededRandom(seed).fork('crowd-faults');
  const drawn = Array.from({ length: images }, (): CrowdBehaviour => 'image');
  for (let block = 0; block * FAULT_EVERY < images; block += 1) {
    const image = block * FAULT_EVERY + random.int(FAULT_EVERY);
    if (image < images) drawn[image] = FAULTS[block % FAULTS.length] ?? 'gone';
  }
  return drawn;
}

function className(index: number): string {
  return `class ${digits(index + 1, 2)}`;
}

/** Of each class. */
function queryRanges({ images, classes }: CrowdSize): readonly (readonly OwnRange[])[] {
  return Array.from({ length: classes }, (_, index) => {
    const first = Math.floor((index * images) / classes);
    const end = Math.floor(((index + 1) * images) / classes);
    return Array.from({ length: Math.ceil((end - first) / OWN_PER_QUERY) }, (__, part) => {
      const from = first + part * OWN_PER_QUERY;
      const query = `${className(index)} query ${digits(part + 1, 3)}`;
      return { query, from, to: Math.min(end, from + OWN_PER_QUERY) };
    });
  });
}

function pagesAt(ranges: readonly OwnRange[], place: number | undefined): readonly (readonly number[])[] {
  const range = ranges[place ?? -1];
  if (range === undefined || place === undefined) return [];
  const next = ranges[(place + 1) % ranges.length];
  return Array.from({ length: Math.ceil((range.to - range.from) / OWN_PER_PAGE) }, (_, page) => {
    const from = range.from + page * OWN_PER_PAGE;
    const own = Array.from({ length: Math.min(OWN_PER_PAGE, range.to - from) }, (__, rank) => from + rank);
    const shown = next === undefined || next === range ? undefined : next.from + page * OWN_PER_PAGE;
    return shown === undefined || next === undefined || shown >= next.to ? own : [...own, shown];
  });
}

function truthOf(listed: readonly number[], behaviours: readonly CrowdBehaviour[]): CrowdTruth {
  const outcomeOf = (behaviour: CrowdBehaviour): string =>
    (LOST_AS as Partial<Record<CrowdBehaviour, string>>)[behaviour] ?? 'stored';
  const outcomes: Record<string, number> = {};
  for (const behaviour of behaviours) {
    const outcome = outcomeOf(behaviour);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    hits: listed.length,
    urls: behaviours.length,
    outcomes,
    images: outcomes['stored'] ?? 0,
    occurrences: listed.filter((image) => outcomeOf(behaviours[image] ?? 'gone') === 'stored').length,
  };
}
