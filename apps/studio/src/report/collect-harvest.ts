import { IMPORT_ENGINES } from '@winnow/contracts';
import type { ImportRecord, NoiseKind, Outcome, Provenance } from '@winnow/contracts';
import { crawlCounts } from '@winnow/db';
import type { CountedOrigin, CrawlCounts, GroupCounts } from '@winnow/db';
import { listImports } from '@winnow/runs';
import type { ProjectRecords } from './project-records';
import type { FunnelCounts, FunnelRow, HarvestReport, ImportReport } from './report-data';

type Outcomes = Partial<Record<Outcome, number>>;

/** A sample of the data set, and the occurrences of its image that one part of the report is about. */
interface KeptSample {
  readonly className: string;
  readonly found: readonly Provenance[];
  readonly kind: NoiseKind | null;
}

/** The funnel from search results to kinds; null where nothing was searched for. */
export async function collectHarvest(records: ProjectRecords): Promise<HarvestReport | null> {
  const { db, config } = records;
  const counts = await crawlCounts(db, config.name, 'search');
  if (counts.hits === 0) return null;
  const kept = keptSamples(records, 'search');
  const { engines } = config.harvest;
  return {
    total: funnel({ hits: counts.hits, urls: counts.urls, images: counts.outcomes.stored ?? 0 }, kept),
    outcomes: withExclusions(counts.outcomes, records, 'search'),
    byClass: classRows(records, counts, kept),
    byEngine: rows(counts.perEngine, kept, ({ found }) => bestEngine(found, engines)).sort(byName(engines)),
  };
}

/** The same from files to kinds; null where nothing was imported. */
export async function collectImports(records: ProjectRecords): Promise<ImportReport | null> {
  const { db, config } = records;
  const counts = await crawlCounts(db, config.name, 'import');
  const remembered = await listImports(config.paths.state, config.name);
  if (counts.hits + remembered.length === 0) return null;
  const kept = keptSamples(records, 'import');
  const refusedBy = new Map<string, number>();
  for (const record of remembered) {
    // Folders of one name in several places are one source in the provenance.
    refusedBy.set(record.source, (refusedBy.get(record.source) ?? 0) + countRefused(record));
  }
  const refused = [...refusedBy.values()].reduce((sum, value) => sum + value, 0);
  const names = [...new Set([...Object.keys(counts.perSource), ...refusedBy.keys()])].sort();
  const none: GroupCounts = { hits: 0, urls: 0, images: 0 };
  return {
    sources: names.map((name) => ({ name, kind: remembered.find(({ source }) => source === name)?.kind ?? null })),
    hasUrls: (counts.outcomes.stored ?? 0) + counts.pending + counts.retryLater > 0,
    total: funnel({ hits: counts.hits + refused, urls: counts.hits, images: counts.images }, kept),
    outcomes: withExclusions(fileOutcomes(counts, remembered), records, 'import'),
    byClass: classRows(records, counts, kept),
    bySource: names.map((name) => {
      const { hits, images } = counts.perSource[name] ?? none;
      const own = kept.filter(({ found }) => found.some(({ query }) => query === name));
      return { name, ...funnel({ hits: hits + (refusedBy.get(name) ?? 0), urls: hits, images }, own) };
    }),
  };
}

function countRefused({ refused }: ImportRecord): number {
  return Object.values(refused).reduce((sum, value) => sum + value, 0);
}

/** Files were stored at once; of rows that name URLs, fetching told. */
function fileOutcomes({ outcomes, seen, images }: CrawlCounts, remembered: readonly ImportRecord[]): Outcomes {
  const { stored: _stored, duplicate_bytes: _copies, duplicate_url: _again, ...failed } = outcomes;
  const all: Outcomes = { ...failed, stored: images, duplicate_bytes: seen - images };
  for (const { refused } of remembered) {
    for (const [outcome, value] of Object.entries(refused) as [Outcome, number][])
      all[outcome] = (all[outcome] ?? 0) + value;
  }
  return all;
}

function withExclusions(counted: Outcomes, records: ProjectRecords, origin: CountedOrigin): Outcomes {
  const outcomes = { ...counted };
  const ofOrigin = new Set(
    records.originals
      .filter(({ provenance }) => occurrences(provenance, origin).length > 0)
      .map(({ sha256 }) => sha256),
  );
  for (const { outcome, sha256 } of records.exclusions) {
    if (!ofOrigin.has(sha256)) continue;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    // What a build folds away had been stored.
    outcomes.stored = (outcomes.stored ?? 0) - 1;
  }
  return outcomes;
}

function occurrences(provenance: readonly Provenance[], origin: CountedOrigin): readonly Provenance[] {
  return provenance.filter(({ engine }) => IMPORT_ENGINES.includes(engine) === (origin === 'import'));
}

/** Images that were both found and imported count for either. */
function keptSamples({ samples, splitRows, originals }: ProjectRecords, origin: CountedOrigin): readonly KeptSample[] {
  const kindOf = new Map(splitRows.map(({ key, kind }) => [key, kind]));
  const foundOf = new Map(originals.map(({ sha256, provenance }) => [sha256, occurrences(provenance, origin)]));
  return samples.flatMap(({ sha256, key, className }) => {
    const found = foundOf.get(sha256) ?? [];
    return found.length === 0 ? [] : [{ className, found, kind: kindOf.get(key) ?? null }];
  });
}

function bestEngine(found: readonly Provenance[], order: readonly string[]): string {
  const best = [...found].sort((a, b) => order.indexOf(a.engine) - order.indexOf(b.engine) || a.rank - b.rank)[0];
  return best?.engine ?? 'unknown';
}

function classRows({ config }: ProjectRecords, { perClass }: CrawlCounts, kept: readonly KeptSample[]): FunnelRow[] {
  return rows(perClass, kept, ({ className }) => className).sort(byName(config.classes.map(({ name }) => name)));
}

function rows(
  groups: Readonly<Record<string, GroupCounts>>,
  kept: readonly KeptSample[],
  groupOf: (sample: KeptSample) => string,
): FunnelRow[] {
  return Object.entries(groups).map(([name, group]) => ({
    name,
    ...funnel(
      group,
      kept.filter((sample) => groupOf(sample) === name),
    ),
  }));
}

function byName(order: readonly string[]): (a: FunnelRow, b: FunnelRow) => number {
  return (a, b) => order.indexOf(a.name) - order.indexOf(b.name);
}

function funnel({ hits, urls, images }: GroupCounts, kept: readonly KeptSample[]): FunnelCounts {
  const isSplit = kept.some(({ kind }) => kind !== null);
  const ofKind = (wanted: NoiseKind): number | null =>
    isSplit ? kept.filter(({ kind }) => kind === wanted).length : null;
  return {
    hits,
    fetched: urls,
    stored: images,
    unique: kept.length,
    clean: ofKind('clean'),
    closed: ofKind('closed'),
    open: ofKind('open'),
  };
}
