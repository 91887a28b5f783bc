import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { settledWithin, WinnowError } from '@winnow/contracts';
import type { CommandIo, DecisionLine, MapLayout } from '@winnow/contracts';
import { ImageLists } from '@winnow/columns';
import type { DecidedImage } from '@winnow/columns';
import type { ProjectOverview } from '@winnow/db';
import { ShardReader } from '@winnow/shards';
import type { StudioDatabase } from '../server/studio-database';
import type { ProjectFacts } from '../project/project-facts';
import { loadColumns } from './load-columns';
import { StoredLayouts } from './stored-layouts';

/** A data set and split, as an address names them: prefixes of ids, or nothing for the newest. */
export interface ImageScope {
  readonly b?: string | undefined;
  readonly s?: string | undefined;
  /** Images are wanted with their places by likeness (`neighbours`), where there are any. */
  readonly layout?: MapLayout | undefined;
}

/** A data set whose images can be listed. */
export interface OpenImages {
  readonly build: ProjectOverview['builds'][number];
  /** Null: it was not split. */
  readonly split: ProjectOverview['splits'][number] | null;
  readonly lists: ImageLists;
  /** Of its shards, by the places that the columns name. */
  readonly shards: ShardReader;
}

/** What people decided, as the area that stores it tells it. */
export interface DecisionSource {
  /** What they say of all images now. */
  readAll(): Promise<readonly DecidedImage[]>;
  /** All that was ever said of one image, newest first. */
  history(sha256: string): Promise<readonly DecisionLine[]>;
}

const NO_DECISIONS: DecisionSource = {
  readAll: () => Promise.resolve([]),
  history: () => Promise.resolve([]),
};

export interface StudioImagesOptions {
  readonly config: ProjectConfig;
  readonly database: StudioDatabase;
  readonly facts: ProjectFacts;
  readonly log: CommandIo['log'];
  /** Ends reading. */
  readonly signal: AbortSignal;
  /** How long a request waits for a data set that is being read. */
  readonly patienceMillis?: number;
}

/** What is held at once: a split that is shown, one that a plan of measuring draws from, and the newest, for bytes of images. */
const MAX_OPEN = 3;
/** Beyond these fewer are held, at least the one that was asked for last. */
const MAX_IMAGES = 4_000_000;
const PATIENCE_MILLIS = 1500;

interface Opening {
  images: Promise<OpenImages>;
  /** Images that were read, and all there are. */
  done: number;
  readonly count: number;
  /** As soon as its columns are read. */
  lists: ImageLists | undefined;
}

/** The images of a project: each data set and split as columns, read once and kept. */
export class StudioImages {
  readonly #options: StudioImagesOptions;
  /** The one that was asked for last comes last. */
  readonly #open = new Map<string, Opening>();
  readonly #forgotten = new WeakMap<ImageLists, readonly string[]>();
  /** Lists that were read while the database was away. */
  readonly #withoutDecisions = new WeakSet<ImageLists>();
  readonly #layouts: StoredLayouts;
  #decisions = NO_DECISIONS;

  constructor(options: StudioImagesOptions) {
    this.#options = options;
    this.#layouts = new StoredLayouts(options.config.paths.state);
  }

  /** Where decisions come from: told once, when routes are registered. */
  useDecisions(source: DecisionSource): void {
    this.#decisions = source;
  }

  get decisions(): DecisionSource {
    return this.#decisions;
  }

  /**
   * A data set and split.
   * @throws WinnowError MISSING_INPUT where nothing is built, or nothing of these ids; ReadingImages while it is read for
   *   the first time
   */
  async open(scope: ImageScope = {}): Promise<OpenImages> {
    const { build, split } = chooseScope(await this.#options.facts.read(), scope, this.#options.config.name);
    const name = `${build.id} ${split?.id ?? ''}`;
    const opening = this.#open.get(name) ?? this.#begin(name, build, split);
    this.#open.delete(name);
    this.#open.set(name, opening);
    const images = await settledWithin(opening.images, this.#options.patienceMillis ?? PATIENCE_MILLIS);
    if (images === null) throw new ReadingImages(opening.done, build.sampleCount);
    this.#forget(images.lists, build.forgottenKeys);
    if (scope.layout === 'neighbours') images.lists.useLayout(await this.#layouts.read(build));
    if (this.#withoutDecisions.has(images.lists)) void this.#replay(images.lists);
    return { ...images, build, split };
  }

  /** Tells all lists what people say of images now; one that is still being read reads all of it at its end. */
  applyDecisions(decided: readonly DecidedImage[]): void {
    // Not to be waited for: a data set that is being read waits for what was decided.
    for (const { lists } of this.#open.values()) lists?.applyDecisions(decided);
  }

  /** Reads the newest data set, so that the first page finds it. */
  warmUp(): void {
    // What is missing or away is said to whoever asks.
    this.open().catch(() => undefined);
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled([...this.#open.values()].map(({ images }) => images));
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.shards.close() : undefined)));
  }

  /** @param keys of samples, which count from 0; the same list until something changes */
  #forget(lists: ImageLists, keys: readonly string[]): void {
    if (this.#forgotten.get(lists) === keys) return;
    this.#forgotten.set(lists, keys);
    lists.forget(keys.map(Number));
  }

  /** Writes what people say into lists; where that cannot be read, it is tried again when they are asked for. */
  async #replay(lists: ImageLists): Promise<void> {
    this.#withoutDecisions.delete(lists);
    try {
      lists.applyDecisions(await this.#decisions.readAll());
    } catch {
      this.#withoutDecisions.add(lists);
    }
  }

  #begin(name: string, build: OpenImages['build'], split: OpenImages['split']): Opening {
    const { config, database, log, signal } = this.#options;
    const opening: Opening = {
      images: Promise.reject(new Error()),
      done: 0,
      count: build.sampleCount,
      lists: undefined,
    };
    opening.images.catch(() => undefined);
    opening.images = (async () => {
      const columns = await loadColumns({
        config,
        database,
        build,
        split,
        log,
        signal,
        onRead: (done) => (opening.done = done),
      });
      const lists = new ImageLists(columns);
      opening.lists = lists;
      // Decisions that come while this is read are among them or follow, as this is open already.
      await this.#replay(lists);
      return { build, split, lists, shards: new ShardReader(path.join(config.paths.builds, build.id)) };
    })();
    opening.images.catch(() => this.#open.delete(name));
    this.#makeRoom(build.sampleCount);
    return opening;
  }

  /** @param count images of what is opened next */
  #makeRoom(count: number): void {
    let images = count;
    for (const opened of this.#open.values()) images += opened.count;
    for (const [name, opened] of [...this.#open]) {
      if (this.#open.size < MAX_OPEN && images <= MAX_IMAGES) return;
      this.#open.delete(name);
      images -= opened.count;
      void opened.images.then(({ shards }) => shards.close()).catch(() => undefined);
    }
  }
}

/** A data set is being read for the first time: asked again soon, it will be there. */
export class ReadingImages extends Error {
  constructor(done: number, count: number) {
    const percent = Math.floor((100 * done) / Math.max(1, count));
    super(`Reading ${count.toLocaleString('en')} images once: ${percent} %`);
  }
}

/** @throws WinnowError MISSING_INPUT */
function chooseScope(
  { builds, splits }: Pick<ProjectOverview, 'builds' | 'splits'>,
  { b, s }: ImageScope,
  project: string,
): Pick<OpenImages, 'build' | 'split'> {
  const named = s === undefined ? undefined : splits.find(({ id }) => id.startsWith(s));
  if (s !== undefined && named === undefined) throw missing(`no split "${s.slice(0, 64)}"`, project);
  const build = builds.find(({ id }) =>
    b === undefined ? named === undefined || id === named.buildId : id.startsWith(b),
  );
  if (build === undefined)
    throw missing(b === undefined ? 'no data set yet' : `no data set "${b.slice(0, 64)}"`, project);
  const split = named ?? splits.find(({ buildId }) => buildId === build.id) ?? null;
  if (split !== null && split.buildId !== build.id) throw missing('no such split of this data set', project);
  return { build, split };
}

function missing(what: string, project: string): WinnowError {
  return new WinnowError('MISSING_INPUT', `The project has ${what}`, {
    where: project,
    next: 'Run `winnow build`, then `winnow split`, and ask again.',
  });
}
