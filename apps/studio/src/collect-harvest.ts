import type { NoiseKind, Outcome } from '@winnow/contracts';
import { crawlCounts } from '@winnow/db';
import type { GroupCounts } from '@winnow/db';
import type { ProjectRecords } from './project-records';
import type { FunnelCounts, FunnelRow, HarvestReport } from './report-data';

/** The funnel from hits to kinds; null before the first crawl. */
export async function collectHarvest(records: ProjectRecords): Promise<HarvestReport | null> {
  const { db, config } = records;
  const counts = await crawlCounts(db, config.name);
  if (counts.hits === 0) return null;
  const kindOf = new Map(records.splitRows.map(({ key, kind }) => [key, kind]));
  const engineOf = bestEngineByImage(records);
  const kept = records.samples.map((sample) => ({
    className: sample.className,
    engine: engineOf.get(sample.sha256) ?? 'unknown',
    kind: kindOf.get(sample.key) ?? null,
  }));
  const outcomes: Partial<Record<Outcome, number>> = { ...counts.outcomes };
  for (const { outcome } of records.exclusions) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    // What a build folds away had been stored.
    outcomes.stored = (outcomes.stored ?? 0) - 1;
  }
  const rows = (groups: Readonly<Record<string, GroupCounts>>, key: 'className' | 'engine'): FunnelRow[] =>
    Object.entries(groups).map(([name, group]) => ({
      name,
      ...funnel(
        { hits: group.hits, urls: group.urls, images: group.images },
        kept.filter((sample) => sample[key] === name),
      ),
    }));
  const images = Object.values(counts.outcomes).length === 0 ? 0 : (counts.outcomes.stored ?? 0);
  return {
    total: funnel({ hits: counts.hits, urls: counts.urls, images }, kept),
    outcomes,
    byClass: inOrder(
      rows(counts.perClass, 'className'),
      config.classes.map(({ name }) => name),
    ),
    byEngine: inOrder(rows(counts.perEngine, 'engine'), config.harvest.engines),
  };
}

/** Of each original, the engine of its best listing. */
function bestEngineByImage({ config, originals }: ProjectRecords): ReadonlyMap<string, string> {
  const order = config.harvest.engines as readonly string[];
  return new Map(
    originals.map(({ sha256, provenance }) => {
      const best = [...provenance].sort(
        (a, b) => order.indexOf(a.engine) - order.indexOf(b.engine) || a.rank - b.rank,
      )[0];
      return [sha256, best?.engine ?? 'unknown'] as const;
    }),
  );
}

function funnel(
  group: { readonly hits: number; readonly urls: number; readonly images: number },
  kept: readonly { readonly kind: NoiseKind | null }[],
): FunnelCounts {
  const isSplit = kept.some(({ kind }) => kind !== null);
  const ofKind = (wanted: NoiseKind): number | null =>
    isSplit ? kept.filter(({ kind }) => kind === wanted).length : null;
  return {
    hits: group.hits,
    fetched: group.urls,
    stored: group.images,
    unique: kept.length,
    clean: ofKind('clean'),
    closed: ofKind('closed'),
    open: ofKind('open'),
  };
}

function inOrder(rows: readonly FunnelRow[], names: readonly string[]): FunnelRow[] {
  return [...rows].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}
