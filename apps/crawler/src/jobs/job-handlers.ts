import { setMaxListeners } from 'node:events';
import { WinnowError } from '@winnow/contracts';
import { dueFetches, readTarget, shareDecisions, triedSince } from '@winnow/db';
import type { Job, JobQueue } from '@winnow/db';
import { fetchImages } from '../fetching/fetch-images';
import { listClass } from '../listing/list-class';
import { advanceCrawl, advanceJob } from './advance-crawl';
import type { CrawlContext } from './crawl-context';
import { ProjectCache } from './project-cache';
import type { ProjectCacheOptions } from './project-cache';
import type { ProjectCrawler } from './project-crawler';

export interface JobHandlerOptions extends ProjectCacheOptions {
  readonly jobs: JobQueue;
}

/** Does jobs of each kind, of any project. */
export class JobHandlers {
  readonly #options: JobHandlerOptions;
  readonly projects: ProjectCache;
  /** URLs that are being fetched, with their projects: until when. */
  readonly #inHand = new Map<string, Promise<unknown>>();
  #urlsTried = 0;

  constructor(options: JobHandlerOptions) {
    this.#options = options;
    this.projects = new ProjectCache(options);
  }

  /** URLs that were fetched, or failed to be. */
  get urlsTried(): number {
    return this.#urlsTried;
  }

  /** Does a job and ends it, together with what follows from it; one that is aborted stays begun. */
  async handle(job: Job, signal: AbortSignal): Promise<void> {
    const { database, jobs, clock } = this.#options;
    const { project } = job.data;
    if (job.kind === 'advance') {
      return advanceCrawl({ db: database.db, jobs, project, now: new Date(clock.now()) }, job);
    }
    await this.projects.use(project, async (crawler) => {
      const context = { ...crawler.context, signal: AbortSignal.any([crawler.context.signal, signal]) };
      // Every request under way listens.
      setMaxListeners(0, context.signal);
      if (job.kind === 'list') await this.#list({ ...crawler, context }, job.data.className ?? '');
      else await this.#fetch(context, job);
      if (context.signal.aborted) return;
      await database.db.transaction(async (tx) => {
        // Until this is committed: whoever decides must see its end, as where two jobs end at once only the first sends.
        await shareDecisions(tx, project);
        // Where another worker has it by now, that one says what follows.
        if (await jobs.complete(job, tx)) await jobs.send([advanceJob(project)], tx);
      });
    });
  }

  async #list({ context, plan, enginesWithoutKey }: ProjectCrawler, className: string): Promise<void> {
    if (enginesWithoutKey.length > 0) {
      throw new WinnowError('CONFIG_INVALID', `No key for ${enginesWithoutKey.join(', ')}`, {
        where: 'environment of this worker',
        next: 'Set the variables that `winnow engines list` names; until then other workers list for this project.',
      });
    }
    const target = await readTarget(context.db, context.project, className);
    await listClass(context, plan, { className, target });
  }

  async #fetch(context: CrawlContext, { data }: Job): Promise<void> {
    // A clock that is behind would find nothing, and the same job would be sent again.
    const now = new Date(Math.max(context.clock.now(), data.dueAtMillis ?? 0));
    const due = await dueFetches(context.db, context.project, now, data.hosts ?? []);
    const nameOf = (url: string): string => `${context.project} ${url}`;
    const wanted = due
      .filter(({ unfinishedTries }) => unfinishedTries > 0 === (data.suspects === true))
      .slice(0, await this.#roomOf(data));
    // Another job of this worker may be at it, or be ending. Until it has, nobody can decide what comes next.
    const others = wanted.flatMap(({ canonicalUrl }) => this.#inHand.get(nameOf(canonicalUrl)) ?? []);
    const mine = wanted.filter(({ canonicalUrl }) => !this.#inHand.has(nameOf(canonicalUrl)));
    const fetched = fetchImages(context, mine, () => (this.#urlsTried += 1)).finally(() => {
      for (const { canonicalUrl } of mine) this.#inHand.delete(nameOf(canonicalUrl));
    });
    for (const { canonicalUrl } of mine) this.#inHand.set(nameOf(canonicalUrl), fetched);
    await fetched;
    await Promise.allSettled(others);
  }

  /** URLs that a job may fetch. One that was begun before, by whomever, has spent some of its limit. */
  async #roomOf({ project, hosts = [], limit, suspects, dueAtMillis = 0 }: Job['data']): Promise<number> {
    if (limit === undefined || suspects === true) return limit ?? Number.POSITIVE_INFINITY;
    const spent = await triedSince(this.#options.database.db, project, new Date(dueAtMillis), hosts);
    return Math.max(0, limit - spent);
  }
}
