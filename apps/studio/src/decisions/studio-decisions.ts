import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { DecisionLine, DecisionLogLine, DecisionsStored } from '@winnow/contracts';
import type { DecidedImage, ImageLists } from '@winnow/columns';
import {
  countForgottenDigests,
  decisionsSince,
  forgottenFilter,
  isSplitBehind,
  storeBatchStep,
  storeDecisions,
} from '@winnow/db';
import type { BatchStep, Database, NewDecision, ProjectOverview } from '@winnow/db';
import { buildDecisions, classOfTruth, DecisionLog, newDecisions, sheetChecks } from '@winnow/review';
import type { BuildDecisions, SheetCheck } from '@winnow/review';
import type { DecisionSource, StudioImages } from '../images/studio-images';
import type { EventStream } from '../server/event-stream';
import type { StudioDatabase } from '../server/studio-database';

interface StudioDecisionsOptions {
  readonly config: ProjectConfig;
  readonly database: StudioDatabase;
  readonly images: Pick<StudioImages, 'applyDecisions' | 'useDecisions'>;
  readonly events: EventStream;
  readonly now: () => Date;
}

/** Which decisions a data set follows. */
type BuildFollowing = Pick<ProjectOverview['builds'][number], 'id' | 'usedAt' | 'lastDecision'>;
type NewDecisions = ReturnType<typeof newDecisions>;

/** Lines that are read at once. */
const PAGE_LINES = 10_000;

/**
 * What people decide: lines go to the database, and what they come to is held in memory. Lines of other processes are
 * read whenever something is asked for.
 */
export class StudioDecisions implements DecisionSource {
  readonly #options: StudioDecisionsOptions;
  readonly #labels: ReadonlyMap<string, number>;
  #log: DecisionLog;
  /** All lines, oldest first. */
  #lines: DecisionLogLine[] = [];
  /** Images of which nothing is kept. */
  #forgotten: ReadonlySet<string> = new Set();
  #isRead = false;
  #ofBuilds: { readonly last: number; readonly decisions: BuildDecisions } | undefined;
  #ofNext:
    | { readonly now: BuildDecisions; readonly build: string; readonly usedAt: number; readonly found: NewDecisions }
    | undefined;
  #behind: { readonly last: number; readonly split: string; readonly isBehind: boolean } | undefined;
  #ofSheets: { readonly last: number; readonly checks: readonly SheetCheck[] } | undefined;

  constructor(options: StudioDecisionsOptions) {
    this.#options = options;
    this.#labels = new Map(options.config.classes.map(({ name }, label) => [name, label]));
    this.#log = new DecisionLog([], this.#labels.keys());
    options.images.useDecisions(this);
  }

  /** Stores lines, all or none: they are in the database when this returns. @throws WinnowError as StudioDatabase.useOnceThere */
  store(person: string, lines: readonly NewDecision[]): Promise<DecisionsStored> {
    return this.#write(person, (db) => storeDecisions(db, this.#author(person), lines));
  }

  /** Undoes or redoes a batch of the person's own. @throws WinnowError as StudioDatabase.useOnceThere */
  step(person: string, step: BatchStep): Promise<DecisionsStored> {
    return this.#write(person, (db) => storeBatchStep(db, this.#author(person), step));
  }

  /**
   * The log as it is now; as it was when the database was last there while that is away.
   * @throws WinnowError as StudioDatabase.useOrAway, where it was never read
   */
  async current(): Promise<DecisionLog> {
    const { database } = this.#options;
    const catchUp = (db: Database): Promise<void> => this.#catchUp(db);
    await (this.#isRead ? database.useIfThere(catchUp).catch(() => null) : database.useOrAway(catchUp));
    return this.#log;
  }

  /**
   * What people said for the next build.
   * @param log as `current` gave it for the same answer, so that the database is not asked again; so below
   * @throws WinnowError as `current`
   */
  async ofBuilds(log?: DecisionLog): Promise<BuildDecisions> {
    const { last } = log ?? (await this.current());
    if (this.#ofBuilds?.last !== last) this.#ofBuilds = { last, decisions: buildDecisions(this.#lines) };
    return this.#ofBuilds.decisions;
  }

  /** Digests of images that are to be forgotten. @throws WinnowError as `current` */
  async forgotten(): Promise<ReadonlySet<string>> {
    await this.current();
    return this.#forgotten;
  }

  /** Rows of images that people left out: nobody needs to look at them. @throws WinnowError as `current` */
  async leftOutRows(lists: Pick<ImageLists, 'rowsOf'>, log?: DecisionLog): Promise<ReadonlySet<number>> {
    return new Set([...(await this.ofBuilds(log)).leftOut.keys()].flatMap((sha256) => lists.rowsOf(sha256)));
  }

  /** Images of sheets that are drawn to be looked at again. @throws WinnowError as `current` */
  async sheetChecks(known?: DecisionLog): Promise<readonly SheetCheck[]> {
    const log = known ?? (await this.current());
    if (this.#ofSheets?.last !== log.last) this.#ofSheets = { last: log.last, checks: sheetChecks(log) };
    return this.#ofSheets.checks;
  }

  /** The log as it was last read. */
  get known(): DecisionLog {
    return this.#log;
  }

  /** Lines after a number, oldest first, as many as go into one answer. @throws WinnowError as `current` */
  async since(after: number): Promise<readonly DecisionLogLine[]> {
    await this.current();
    const from = this.#lines.findIndex(({ seq }) => seq > after);
    return from < 0 ? [] : this.#lines.slice(from, from + PAGE_LINES);
  }

  async readAll(): Promise<readonly DecidedImage[]> {
    return this.#decided((await this.current()).images);
  }

  async history(sha256: string): Promise<readonly DecisionLine[]> {
    return [...(await this.current()).historyOf(sha256)].reverse();
  }

  /** What people said for the next build that a data set does not follow. @throws WinnowError as `current` */
  async sinceBuild({ id, usedAt, lastDecision }: BuildFollowing, log?: DecisionLog): Promise<NewDecisions> {
    const now = await this.ofBuilds(log);
    const known = this.#ofNext;
    if (known?.now === now && known.build === id && known.usedAt === usedAt.getTime()) return known.found;
    // Of earlier versions only the time is known.
    const isRead = ({ seq, at }: DecisionLogLine): boolean =>
      lastDecision === null ? Date.parse(at) <= usedAt.getTime() : seq <= lastDecision;
    const found = newDecisions(now, buildDecisions(this.#lines.filter(isRead)));
    this.#ofNext = { now, build: id, usedAt: usedAt.getTime(), found };
    return found;
  }

  /**
   * Whether a split of a data set says otherwise of its images than people decided; while the database is away: what was known, else
   * not.
   * @throws WinnowError as `current`
   */
  async isBehind(split: { readonly id: string; readonly buildId: string }, log?: DecisionLog): Promise<boolean> {
    const { last } = log ?? (await this.current());
    if (this.#behind?.last === last && this.#behind.split === split.id) return this.#behind.isBehind;
    const decided = Array.from(this.#log.decided(), ({ sha256, truth }) => {
      return { sha256, label: this.#labelOf(truth) };
    });
    const isBehind = await this.#options.database.useIfThere((db) => isSplitBehind(db, split, decided));
    if (isBehind === null) return this.#behind?.split === split.id && this.#behind.isBehind;
    this.#behind = { last, split: split.id, isBehind };
    return isBehind;
  }

  #author(person: string) {
    return { project: this.#options.config.name, person, at: this.#options.now() };
  }

  async #write(person: string, write: (db: Database) => Promise<DecisionsStored>): Promise<DecisionsStored> {
    const { database } = this.#options;
    if (!database.isThere()) {
      throw new WinnowError('MISSING_INPUT', 'Nothing was crawled or imported yet, so there is nothing to decide', {
        where: this.#options.config.name,
        next: 'Run `winnow crawl` or `winnow import` first.',
      });
    }
    return database.useOnceThere(async (db) => {
      const stored = await write(db);
      // Stored is stored: that it is not read back now is mended by the next one who asks.
      await this.#catchUp(db, person).catch(() => undefined);
      return stored;
    });
  }

  /** @param person who wrote what is new, as far as this process knows */
  async #catchUp(db: Database, person?: string): Promise<void> {
    const { config, images, events } = this.#options;
    for (let after = this.#log.last; ;) {
      const lines = await decisionsSince(db, config.name, { after, limit: PAGE_LINES });
      // Another request may have read some of them meanwhile, or that their images were forgotten.
      const news = lines.filter((line) => line.seq > this.#log.last && !isOfAny(line, this.#forgotten));
      const isFirst = !this.#isRead;
      this.#isRead = true;
      if (news.length > 0) {
        for (const line of news) this.#lines.push(line);
        images.applyDecisions(this.#decided(this.#log.add(news)));
        if (!isFirst) events.publish('decisions', person === undefined ? {} : { person });
      }
      if (lines.length < PAGE_LINES) break;
      after = lines.at(-1)?.seq ?? after;
    }
    await this.#dropForgotten(db);
  }

  /** What was said of images that are to be forgotten goes without a line that says so. */
  async #dropForgotten(db: Database): Promise<void> {
    const { config, images, events } = this.#options;
    if ((await countForgottenDigests(db, config.name)) === this.#forgotten.size) return;
    this.#forgotten = (await forgottenFilter(db, config.name)).forgottenDigests;
    const gone = this.#lines.filter((line) => isOfAny(line, this.#forgotten));
    if (gone.length === 0) return;
    this.#lines = this.#lines.filter((line) => !isOfAny(line, this.#forgotten));
    this.#log = new DecisionLog(this.#lines, this.#labels.keys());
    this.#ofBuilds = this.#behind = this.#ofSheets = undefined;
    images.applyDecisions(this.#decided(new Set(gone.flatMap(({ sha256 }) => sha256 ?? []))));
    events.publish('decisions', {});
  }

  #decided(images: Iterable<string>): readonly DecidedImage[] {
    return Array.from(images, (sha256) => {
      const { state, truth, opinions } = this.#log.decisionOf(sha256);
      const people = opinions.map(({ person }) => person);
      return { sha256, state, decided: this.#labelOf(truth), people };
    });
  }

  /** Of a decided truth, an index into the classes of the project; null: none of them. */
  #labelOf(truth: string | null): number | null {
    const className = truth === null ? null : classOfTruth(truth);
    return this.#labels.get(className ?? '') ?? null;
  }
}

function isOfAny({ sha256, otherSha256 }: DecisionLogLine, images: ReadonlySet<string>): boolean {
  return images.has(sha256 ?? '') || images.has(otherSha256 ?? '');
}
