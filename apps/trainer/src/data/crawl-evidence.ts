import { IMPORT_ENGINES } from '@winnow/contracts';
import type { Provenance, SampleRecord } from '@winnow/contracts';

/** What the crawl itself says of the labels, [count] each. */
export interface CrawlEvidence {
  /** Best place in a list of results for the image's label, from 0; NaN where no search engine listed it so. */
  readonly ranks: Float32Array;
  /** Search engines that gave it for its label; 1 for images that came in otherwise. */
  readonly engineCounts: Uint8Array;
}

type Listed = Pick<SampleRecord, 'className' | 'provenance'>;

/** Reads ranks and engines from where the images were found. */
export function crawlEvidence(samples: readonly Listed[]): CrawlEvidence {
  const pageSizes = measurePages(samples);
  const listings = samples.map(({ className, provenance }) =>
    provenance.filter((listing) => listing.className === className && isSearched(listing)),
  );
  return {
    ranks: Float32Array.from(listings, (found) =>
      found.reduce((best, { engine, page, rank }) => {
        const location = (page - 1) * (pageSizes.get(engine) ?? 0) + rank - 1;
        return Number.isNaN(best) ? location : Math.min(best, location);
      }, NaN),
    ),
    engineCounts: Uint8Array.from(listings, (found) =>
      Math.min(255, Math.max(1, new Set(found.map(({ engine }) => engine)).size)),
    ),
  };
}

/** A rank counts within its page; how long an engine's pages are shows in the largest rank seen of it. */
function measurePages(samples: readonly Listed[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { provenance } of samples) {
    for (const { engine, rank } of provenance) sizes.set(engine, Math.max(sizes.get(engine) ?? 0, rank));
  }
  return sizes;
}

/** The place of an imported image in its folder says nothing. */
function isSearched({ engine }: Pick<Provenance, 'engine'>): boolean {
  return !IMPORT_ENGINES.includes(engine);
}
