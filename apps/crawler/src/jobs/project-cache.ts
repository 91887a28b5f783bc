import { WinnowError } from '@winnow/contracts';
import { readCrawl, readStoreRecord } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { settingsFromJson } from './crawl-settings';
import { createProjectCrawler } from './project-crawler';
import type { CrawlerProcess, ProjectCrawler } from './project-crawler';

export interface ProjectCacheOptions extends CrawlerProcess {
  readonly database: DatabaseHandle;
  /** Where originals go, if not where the project's machine has them. */
  readonly stateDir?: string | undefined;
}

/** One project as its settings stood when it was opened. */
interface OpenProject {
  readonly settings: string;
  readonly crawler: ProjectCrawler;
  users: number;
  isStale: boolean;
}

/** The projects that a worker has open, each by its present settings. */
export class ProjectCache {
  readonly #options: ProjectCacheOptions;
  readonly #open = new Set<OpenProject>();
  #opened = 0;
  #storeId: { readonly id: string | null } | undefined;
  #hasOtherWorkers = false;

  constructor(options: ProjectCacheOptions) {
    this.#options = options;
  }

  /**
   * Runs a task with a project. A crawl that is begun anew may have brought other settings: then the project is opened
   * anew, and the one by the earlier settings is closed after its last task.
   * @throws WinnowError MISSING_INPUT where the project was never crawled
   */
  async use(project: string, task: (crawler: ProjectCrawler) => Promise<void>): Promise<void> {
    const open = await this.#find(project);
    try {
      await task(open.crawler);
    } finally {
      open.users -= 1;
      await this.#closeStale();
    }
  }

  /** Keeps the hosts that requests are being sent to. @param hasOtherWorkers may be waiting for them */
  async keepHosts(hasOtherWorkers: boolean): Promise<void> {
    this.#hasOtherWorkers = hasOtherWorkers;
    for (const { crawler } of this.#open) {
      crawler.setContended(this.#isContended());
      await crawler.keepHosts();
    }
  }

  /** Closes all projects. Nothing may be under way. */
  async close(): Promise<void> {
    for (const { crawler } of this.#open) await crawler.close().catch(() => undefined);
  }

  async #find(project: string): Promise<OpenProject> {
    const { database, stateDir } = this.#options;
    const crawl = await readCrawl(database.db, project);
    if (crawl === undefined) {
      throw new WinnowError('MISSING_INPUT', 'A job of a project that was never crawled', {
        where: project,
        next: 'Run `winnow crawl` for it once.',
      });
    }
    await this.#requireSameStore();
    const stored = settingsFromJson(crawl.settings);
    // What is left of a limit is no reason to begin anew.
    const key = JSON.stringify([project, { ...stored, fetchLimit: null }]);
    for (const open of this.#open) {
      if (open.crawler.context.project !== project) continue;
      if (open.settings === key) {
        open.users += 1;
        return open;
      }
      open.isStale = true;
    }
    this.#opened += 1;
    const workerId = `${this.#options.workerId}-${this.#opened}`;
    const settings = { ...stored, stateDir: stateDir ?? stored.stateDir };
    const crawler = createProjectCrawler({ project, settings, db: database.db }, { ...this.#options, workerId });
    const open: OpenProject = { settings: key, crawler, users: 1, isStale: false };
    this.#open.add(open);
    crawler.setContended(this.#isContended());
    return open;
  }

  /** Originals may have been moved since this worker began: what it stored then would be found by nobody. */
  async #requireSameStore(): Promise<void> {
    const record = await readStoreRecord(this.#options.database.db);
    const id = record?.id ?? null;
    this.#storeId ??= { id };
    if (id === this.#storeId.id && (id === null) === (this.#options.store === undefined)) return;
    throw new WinnowError(
      'STORE_MISMATCH',
      'The originals of this database are in another place than those of this worker',
      {
        where: record?.url ?? 'folders of the projects',
        next:
          record === null
            ? 'Unset WINNOW_STORE and start it again.'
            : `Set WINNOW_STORE=${record.url} and start it again.`,
      },
    );
  }

  async #closeStale(): Promise<void> {
    for (const open of this.#open) {
      if (!open.isStale || open.users > 0) continue;
      this.#open.delete(open);
      await open.crawler.close();
    }
  }

  /** Whether others may be waiting for hosts: other workers, or other projects of this one. */
  #isContended(): boolean {
    return this.#hasOtherWorkers || this.#open.size > 1;
  }
}
