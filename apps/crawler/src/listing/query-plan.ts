import type { ProjectConfig } from '@winnow/config';
import type { CrawlPlan, PlannedQuery } from '@winnow/db';
import type { Engine, FilterName, SearchFilters } from '../engines/engine';
import { ENGINES } from '../engines/engines';
import type { HarvestOptions } from '../jobs/harvest-options';

export interface PlanInput {
  readonly classes: readonly Pick<ProjectConfig['classes'][number], 'name' | 'queries'>[];
  readonly harvest: Pick<HarvestOptions, 'engines' | 'expand' | 'filters'>;
  /** The present year: `years` go back from it. */
  readonly year: number;
}

/** Filters that a query adds to those of the project. */
export type Variant = Omit<Partial<SearchFilters>, 'licenses' | 'safe'>;

const YEARS = 10;
const VALUES = {
  size: ['large', 'medium', 'small'],
  color: ['color', 'gray'],
  type: ['photo', 'illustration', 'drawing', 'transparent'],
  aspect: ['wide', 'tall', 'square'],
} as const;

/**
 * Every query of a project, in order of preference: engines in their order, classes in theirs, texts in theirs; the
 * plain query before its expansions, which only engines get that honour the facet, within the filters of the project.
 */
export function planQueries({ classes, harvest, year }: PlanInput): readonly PlannedQuery[] {
  return harvest.engines.flatMap((name) => {
    const engine = (ENGINES as Readonly<Record<string, Engine | undefined>>)[name];
    if (engine === undefined) return [];
    return classes.flatMap((item) =>
      normalQueries(item.queries).flatMap(({ text, language, engines }) => {
        if (engines !== undefined && !engines.includes(name)) return [];
        const plain: Variant = language === undefined ? {} : { language };
        return [plain, ...expansions(harvest, { engine, plain, year })].map((variant) => ({
          className: item.name,
          engine: name,
          query: text,
          variant: variantText(variant),
        }));
      }),
    );
  });
}

/** A plan's queries of each class, in order of preference. */
export function queriesByClass({ queries }: Pick<CrawlPlan, 'queries'>): ReadonlyMap<string, readonly PlannedQuery[]> {
  const groups = new Map<string, PlannedQuery[]>();
  for (const query of queries) {
    const group = groups.get(query.className);
    if (group === undefined) groups.set(query.className, [query]);
    else group.push(query);
  }
  return groups;
}

interface NormalQuery {
  readonly text: string;
  readonly language?: string | undefined;
  readonly engines?: readonly string[] | undefined;
}

/** Each text and language once. */
function normalQueries(queries: PlanInput['classes'][number]['queries']): readonly NormalQuery[] {
  const all = (queries ?? []).map((query): NormalQuery => (typeof query === 'string' ? { text: query } : query));
  const seen = new Set<string>();
  return all.filter(({ text, language, engines }) => {
    const key = JSON.stringify([text, language, engines]);
    return !seen.has(key) && seen.add(key);
  });
}

function expansions(
  { expand: facets, filters }: PlanInput['harvest'],
  { engine, plain, year }: { readonly engine: Engine; readonly plain: Variant; readonly year: number },
): readonly Variant[] {
  return facets.flatMap((facet): readonly Variant[] => {
    if (facet !== 'years') {
      // What the project asks for holds for every query.
      if (!engine.filters.has(facet) || filters[facet] !== undefined) return [];
      return VALUES[facet]
        .filter((value) => honours(engine, facet, value))
        .map((value) => ({ ...plain, [facet]: value }));
    }
    if (!engine.filters.has('after') || !engine.filters.has('before')) return [];
    return Array.from({ length: YEARS }, (_, back) => year - back).flatMap((one) => {
      const after = latest(`${one}-01-01`, filters.after);
      const before = earliest(`${one}-12-31`, filters.before);
      return after > before ? [] : [{ ...plain, after, before }];
    });
  });
}

/** Dates as `2026-11-29`. */
function latest(date: string, other = date): string {
  return date > other ? date : other;
}

function earliest(date: string, other = date): string {
  return date < other ? date : other;
}

/** Whether an engine that has a filter has it for this value too. */
function honours(engine: Engine, name: FilterName, value: string | undefined): boolean {
  return value === undefined || (engine.filterValues?.[name]?.includes(value) ?? true);
}

/** `language=de&size=large`: the same variant has the same text. */
function variantText(variant: Variant): string {
  return new URLSearchParams(Object.entries(variant).sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

/** The variant that a text stands for. */
export function parseVariant(text: string): Variant {
  return Object.fromEntries(new URLSearchParams(text)) as Variant;
}

/** Whether a variant narrows another query down by facets: such queries come when the plain one gives no more. */
export function isExpansion(variant: string): boolean {
  return [...new URLSearchParams(variant).keys()].some((name) => name !== 'language');
}

/** The plain query that an expansion narrows down. */
export function plainVariant(variant: string): string {
  const { language } = parseVariant(variant);
  return variantText(language === undefined ? {} : { language });
}

/** Search filters of the project that an engine cannot put to its index, by name. */
export function unsupportedFilters(engine: Engine, filters: SearchFilters): readonly FilterName[] {
  return (Object.keys(filters) as FilterName[]).filter((name) => {
    if (engine.filters.has(name)) return !honours(engine, name, filters[name]);
    // Stated licences are checked here; a search that is not safe needs nothing of the engine.
    return name !== 'licenses' && !(name === 'safe' && filters.safe === 'off') && filters[name] !== undefined;
  });
}
