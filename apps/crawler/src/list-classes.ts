import { countListedUrls, readEngineHealth, readListings } from '@winnow/db';
import type { CrawlPlan, Listing } from '@winnow/db';
import type { CrawlContext } from './crawl-context';
import { runQueue } from './crawlee-queue';
import type { QueueItem } from './crawlee-queue';
import type { Engine } from './engines/engine';
import { ENGINES, isEngineName } from './engines/engines';
import { listPage } from './list-page';
import { pickListing } from './pick-listing';

/** The next page of a class. */
interface Step {
  readonly className: string;
  readonly engine: Engine;
  readonly listing: Listing;
}

/**
 * Lists image URLs until every class has `perClass` of them or its queries are exhausted or blocked.
 * Classes go on side by side, pages of one class one after another, so what is listed does not depend on timing.
 * @param onPage called with the number of URLs that a class has
 */
export async function listClasses(
  context: CrawlContext,
  plan: CrawlPlan,
  onPage: (className: string, urls: number) => void,
): Promise<void> {
  const nextStep = async (className: string): Promise<QueueItem<Step>[]> => {
    const urls = await countListedUrls(context.db, plan.project, className);
    onPage(className, urls);
    if (urls >= context.harvest.perClass) return [];
    const step = await findStep(context, plan, className);
    if (step === undefined) return [];
    const { engine, query, variant, pages } = step.listing;
    return [{ key: JSON.stringify([className, engine, query, variant, pages]), url: `queue:${engine}`, data: step }];
  };
  const first = await Promise.all(plan.classes.map((name) => nextStep(name)));
  await runQueue({
    items: first.flat(),
    concurrency: context.harvest.concurrency,
    signal: context.signal,
    async handle({ data }, add) {
      try {
        await listPage(context, data.engine, data.listing);
      } catch (error) {
        if (context.signal.aborted) return;
        throw error;
      }
      for (const item of await nextStep(data.className)) add(item);
    },
  });
}

async function findStep(context: CrawlContext, plan: CrawlPlan, className: string): Promise<Step | undefined> {
  const now = new Date(context.clock.now());
  const health = await readEngineHealth(context.db);
  const suspended = health.filter(({ suspendedUntil }) => suspendedUntil !== null && suspendedUntil > now);
  const listing = pickListing({
    order: plan.queries.filter((query) => query.className === className),
    listings: await readListings(context.db, plan.project, className),
    suspended: new Set(suspended.map(({ engine }) => engine)),
    now,
  });
  if (listing === undefined || !isEngineName(listing.engine)) return undefined;
  return { className, engine: ENGINES[listing.engine], listing };
}
