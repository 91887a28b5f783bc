import { countListedUrls, readListings, suspendedEngines } from '@winnow/db';
import type { CrawlPlan, Listing, PlannedQuery } from '@winnow/db';
import type { CrawlContext } from '../jobs/crawl-context';
import type { Engine } from '../engines/engine';
import { ENGINES, isEngineName } from '../engines/engines';
import { listPage } from './list-page';
import { pickListing } from './pick-listing';
import { queriesByClass } from './query-plan';

/** The next page of a class. */
interface Step {
  readonly engine: Engine;
  readonly listing: Listing;
}

/**
 * Lists image URLs of a class until it has `target` of them or its queries are exhausted or blocked. Page after page,
 * so what is listed does not depend on timing.
 */
export async function listClass(
  context: CrawlContext,
  plan: CrawlPlan,
  { className, target }: { readonly className: string; readonly target: number },
): Promise<void> {
  const order = queriesByClass(plan).get(className) ?? [];
  const asked = new Set<string>();
  while (!context.signal.aborted) {
    const isFull = (await countListedUrls(context.db, plan.project, className)) >= target;
    const step = await findStep(context, { className, order });
    if (step === undefined || (isFull && step.listing.state !== 'again')) return;
    const { engine, query, variant, pages } = step.listing;
    const page = JSON.stringify([engine, query, variant, pages]);
    // A page that left no trace in the database would be asked for without end.
    if (asked.has(page)) return;
    asked.add(page);
    try {
      await listPage(context, step.engine, step.listing);
    } catch (error) {
      if (context.signal.aborted) return;
      throw error;
    }
  }
}

async function findStep(
  context: CrawlContext,
  { className, order }: { readonly className: string; readonly order: readonly PlannedQuery[] },
): Promise<Step | undefined> {
  const now = new Date(context.clock.now());
  const suspended = await suspendedEngines(context.db, now);
  const listing = pickListing({
    order,
    listings: await readListings(context.db, context.project, className),
    suspended: new Set(suspended.map(({ engine }) => engine)),
    now,
  });
  if (listing === undefined || !isEngineName(listing.engine)) return undefined;
  return { engine: ENGINES[listing.engine], listing };
}
