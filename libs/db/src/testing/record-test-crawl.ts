import type { Database } from '../database';
import { commitListedPage, ensureCrawlPlan } from '../repositories/crawl/crawl-listing';
import { ensureFetches } from '../repositories/crawl/due-fetches';
import { recordFetches } from '../repositories/crawl/fetch-records';

/** An image that a crawl found and stored. */
export interface CrawledImage {
  readonly className: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Records a crawl without one, for tests of what comes after: a query a class that listed these images, on one page,
 * in this order, and every image stored at its first try, nothing measured.
 */
export async function recordTestCrawl(db: Database, project: string, images: readonly CrawledImage[]): Promise<void> {
  const at = new Date(0);
  const classes = [...new Set(images.map(({ className }) => className))].sort();
  const queries = classes.map((className) => ({ className, engine: 'openverse', query: className, variant: '' }));
  await ensureCrawlPlan(db, { project, classes, queries });
  for (const { className, engine, query, variant } of queries) {
    const hits = images
      .filter((image) => image.className === className)
      .map(({ sha256 }, index) => {
        const imageUrl = addressOf(className, sha256);
        const listing = { engine, engineVersion: '1', className, query, variant, page: 1, rank: index + 1 };
        return { id: `${className}${sha256}`, canonicalUrl: imageUrl, imageUrl, ...listing };
      });
    await commitListedPage(db, {
      key: { project, className, engine, query, variant },
      page: 1,
      at,
      hits,
      cursor: null,
      state: 'exhausted',
      responseClass: 'ok',
    });
  }
  await ensureFetches(db, { project, classes, queries });
  const nothing = { detail: null, nextTryAt: null, finalUrl: null, status: 200, etag: null, lastModified: null };
  await recordFetches(
    db,
    project,
    images.map(({ className, ...image }) => ({
      canonicalUrl: addressOf(className, image.sha256),
      outcome: 'stored' as const,
      attempts: 1,
      at,
      image,
      ...nothing,
    })),
  );
}

function addressOf(className: string, sha256: string): string {
  return `http://images.test/${encodeURIComponent(className)}/${sha256}`;
}
