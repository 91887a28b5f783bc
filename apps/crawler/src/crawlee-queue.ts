import { BasicCrawler } from '@crawlee/basic';
import { Configuration, EventManager, log, LogLevel, Request } from '@crawlee/core';
import type { IRequestList } from '@crawlee/core';
import { MemoryStorage } from '@crawlee/memory-storage';

export interface QueueItem<T> {
  /** Names the item once and for all: a second item of the same key is ignored. */
  readonly key: string;
  readonly url: string;
  readonly data: T;
}

export interface QueueOptions<T> {
  readonly items: readonly QueueItem<T>[];
  /** Items handled at once. */
  readonly concurrency: number;
  /** Once aborted, no further item is started. */
  readonly signal: AbortSignal;
  /** An error ends the whole run; failures of one item are for the handler to note. */
  handle(item: QueueItem<T>, add: (item: QueueItem<T>) => void): Promise<void>;
}

const A_DAY_SECS = 86_400;

/**
 * Works off items with a Crawlee crawler; the only file that knows Crawlee. What is left to do is in our database, so
 * the queue lives in memory and nothing of Crawlee's is persisted.
 * @throws the first error of the handler, after the items under way have ended
 */
export async function runQueue<T>(options: QueueOptions<T>): Promise<void> {
  if (options.items.length === 0 || options.signal.aborted) return;
  log.setLevel(LogLevel.OFF);
  const list = new MemoryList(options.items);
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const crawler = new BasicCrawler(
    {
      requestList: list,
      maxRequestRetries: 0,
      useSessionPool: false,
      requestHandlerTimeoutSecs: A_DAY_SECS,
      statusMessageLoggingInterval: A_DAY_SECS,
      statisticsOptions: { logIntervalSecs: A_DAY_SECS, persistenceOptions: { enable: false } },
      // A fixed concurrency: hosts, not this machine's load, decide how fast we may go.
      autoscaledPoolOptions: {
        minConcurrency: options.concurrency,
        maxConcurrency: options.concurrency,
        desiredConcurrency: options.concurrency,
        maybeRunIntervalSecs: 0.05,
        autoscaleIntervalSecs: 3600,
        loggingIntervalSecs: null,
      },
      async requestHandler({ request }) {
        const item = list.itemOf(request);
        if (item === undefined || failure !== undefined) return;
        const work = options.handle(item, (more) => list.add(more));
        underWay.add(work);
        try {
          await work;
        } catch (error) {
          failure ??= { error };
          crawler.stop();
        } finally {
          underWay.delete(work);
        }
      },
    },
    quietConfiguration(),
  );
  const stop = (): void => crawler.stop();
  options.signal.addEventListener('abort', stop);
  try {
    await crawler.run();
    // Crawlee's own SIGINT handler does not wait for handlers.
    await Promise.allSettled(underWay);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
  if (failure !== undefined) throw failure.error;
}

/** Crawlee's own manager starts `ps` in every run to learn of memory that a fixed concurrency does not ask for. */
class QuietEvents extends EventManager {}

function quietConfiguration(): Configuration {
  const configuration = new Configuration({
    storageClient: new MemoryStorage({ persistStorage: false, writeMetadata: false }),
    persistStorage: false,
    purgeOnStart: false,
    memoryMbytes: 4096,
  });
  configuration.useEventManager(new QuietEvents(configuration));
  return configuration;
}

/** First in, first out, in memory. */
class MemoryList<T> implements IRequestList {
  /** Part of Crawlee's interface; what is under way is known to `runQueue`. */
  readonly inProgress = new Set<string>();
  readonly #items = new Map<string, QueueItem<T>>();
  readonly #order: string[] = [];
  #next = 0;
  #handled = 0;

  constructor(items: readonly QueueItem<T>[]) {
    for (const item of items) this.add(item);
  }

  add(item: QueueItem<T>): void {
    if (this.#items.has(item.key)) return;
    this.#items.set(item.key, item);
    this.#order.push(item.key);
  }

  itemOf(request: Request): QueueItem<T> | undefined {
    return this.#items.get(request.uniqueKey);
  }

  fetchNextRequest(): Promise<Request | null> {
    const key = this.#order[this.#next];
    const item = key === undefined ? undefined : this.#items.get(key);
    if (item === undefined) return Promise.resolve(null);
    this.#next += 1;
    return Promise.resolve(new Request({ url: item.url, uniqueKey: item.key, id: String(this.#next) }));
  }

  markRequestHandled(): Promise<void> {
    this.#handled += 1;
    return Promise.resolve();
  }

  reclaimRequest(): Promise<void> {
    return this.markRequestHandled();
  }

  isEmpty(): Promise<boolean> {
    return Promise.resolve(this.#next >= this.#order.length);
  }

  isFinished(): Promise<boolean> {
    return Promise.resolve(this.#handled >= this.#order.length);
  }

  handledCount(): number {
    return this.#handled;
  }

  length(): number {
    return this.#order.length;
  }

  persistState(): Promise<void> {
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Request> {
    for (let request = await this.fetchNextRequest(); request !== null; request = await this.fetchNextRequest()) {
      yield request;
    }
  }
}
