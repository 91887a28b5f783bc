import { randomUUID } from 'node:crypto';
import type { ProjectConfig } from '@winnow/config';
import { measurePlanSettingsSchema, NOISE_KINDS, WinnowError } from '@winnow/contracts';
import type { JsonValue, MeasurePlanRequest, MeasurePlanSettings } from '@winnow/contracts';
import { digestOf } from '@winnow/columns';
import { correctionsOf, findSplit, listMeasurePlans, measurePlanFor, saveMeasurePlan } from '@winnow/db';
import type { Database, MeasurePlanRecord } from '@winnow/db';
import { answersOf, countPlan, countPlanned, looksOfPlan, nextStage } from '@winnow/review';
import type { DecisionLog, KindCounts, PlanLooks } from '@winnow/review';
import type { OpenImages, StudioImages } from '../images/studio-images';
import type { StudioDatabase } from '../server/studio-database';

/** A stored plan, read. */
export interface StudioPlan extends MeasurePlanSettings {
  readonly id: string;
  readonly buildId: string;
  /** Whose kinds it draws from: as they were before anybody decided. */
  readonly splitId: string;
}

/** Of a decision, what says for which plan it was made. */
interface PlanLook {
  readonly sha256: string;
  readonly plan?: string | null | undefined;
}

type SplitImages = OpenImages & { readonly split: NonNullable<OpenImages['split']> };

interface MeasurePlansOptions {
  readonly config: ProjectConfig;
  readonly database: StudioDatabase;
  readonly images: StudioImages;
}

/** Plans by which splits are measured: which there are, what they look at, and how they are made and extended. */
export class MeasurePlans {
  readonly #context: MeasurePlansOptions;
  readonly #looks = new Map<string, PlanLooks>();
  readonly #corrected = new Map<string, boolean>();
  /** By split, as they were read last. */
  readonly #plans = new Map<string, StudioPlan | null>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(context: MeasurePlansOptions) {
    this.#context = context;
  }

  /**
   * The plan that measures a split: its own, or else the newest of another split of the same data set. While the database is away,
   * the one that it was.
   */
  async planFor({ build, split }: SplitImages): Promise<StudioPlan | null> {
    const { config, database } = this.#context;
    const find = async (db: Database): Promise<{ readonly plan: StudioPlan | null }> => {
      const found = await measurePlanFor(db, config.name, { id: split.id, buildId: build.id });
      return { plan: found === undefined ? null : readPlan(found) };
    };
    const known = this.#plans.get(split.id);
    const read = known === undefined ? await database.useOrAway(find) : await database.useIfThere(find);
    if (read === null) return known ?? null;
    this.#plans.set(split.id, read.plan);
    return read.plan;
  }

  /** What decisions already say of images is in such a split: its own looks would always find it right. */
  async isCorrected(splitId: string): Promise<boolean> {
    const known = this.#corrected.get(splitId);
    if (known !== undefined) return known;
    const record = await this.#context.database.useOrAway((db) => findSplit(db, splitId));
    const isCorrected = record !== undefined && correctionsOf(record) !== null;
    this.#corrected.set(splitId, isCorrected);
    return isCorrected;
  }

  /** The images of the split that a plan draws from. */
  async imagesOf(plan: StudioPlan): Promise<SplitImages> {
    const images = await this.#context.images.open({ b: plan.buildId, s: plan.splitId });
    return requireSplit(images);
  }

  looksOf(plan: StudioPlan, { lists: { columns } }: OpenImages): PlanLooks {
    const name = JSON.stringify([plan.id, plan.stages]);
    const known = this.#looks.get(name);
    if (known !== undefined) return known;
    const found = looksOfPlan(plan, columns.kind, (row) => digestOf(columns, row));
    this.#looks.set(name, found);
    return found;
  }

  /** Images that the plan of a split still has to show to somebody, by row: seen elsewhere first, they would not be looked at blindly. */
  async waitingRows({ split, ...images }: OpenImages, log: DecisionLog): Promise<ReadonlySet<number>> {
    const plan = split === null ? null : await this.planFor({ ...images, split });
    if (plan === null) return new Set();
    const { looks, digests } = this.looksOf(plan, await this.imagesOf(plan));
    const answers = answersOf(log.looksOf(plan.id));
    return new Set(looks.flatMap(({ row }, at) => (answers.has(digests[at] as string) ? [] : [row])));
  }

  /** Lines of a plan get the chance with which it drew their image; null where it did not, and where nobody knows it now. */
  async withChances<Line extends PlanLook>(
    lines: readonly Line[],
  ): Promise<readonly (Line & { readonly chance?: number | null })[]> {
    const named = new Set(lines.flatMap(({ plan }) => plan ?? []));
    if (named.size === 0) return lines;
    const chances = new Map<string, number>();
    for (const plan of (await this.#list()).filter(({ id }) => named.has(id))) {
      // That a data set is gone is no reason to lose what somebody said.
      const found = await this.imagesOf(plan)
        .then((images) => this.looksOf(plan, images))
        .catch(() => null);
      found?.looks.forEach(({ chance }, at) => chances.set(`${plan.id} ${found.digests[at]}`, chance));
    }
    return lines.map((line) => ({ ...line, chance: chances.get(`${line.plan} ${line.sha256}`) ?? null }));
  }

  /**
   * A plan for a split, or more looks of the one that it has, as far as they are wanted: never fewer.
   * @param measured share right of kinds of which all planned looks were done
   * @throws WinnowError MISSING_INPUT where only corrected splits are there
   */
  async plan(
    images: SplitImages,
    person: string,
    request: MeasurePlanRequest,
    measured: Partial<KindCounts>,
  ): Promise<StudioPlan> {
    const work = this.#writing.then(async () => {
      const known = await this.planFor(images);
      const plan = known ?? (await this.#newPlan(images, request));
      const { lists } = await this.imagesOf(plan);
      const expected = { ...expectedShares(lists.columns), ...measured };
      const looks = this.looksOf(plan, { ...images, lists });
      const counts = countPlanned(looks, (row) => lists.columns.forgotten[row] === 1);
      const { halfWidth, isBlind, kinds } = request;
      const wanted = countPlan({ halfWidth, kinds, sizes: looks.sizes, expected });
      const stage = nextStage(wanted, counts);
      const isMore = NOISE_KINDS.some((kind) => stage[kind] > 0);
      const extended = { ...plan, halfWidth, isBlind, stages: isMore ? [...plan.stages, stage] : plan.stages };
      await this.#save(extended, person);
      return extended;
    });
    this.#writing = work.catch(() => undefined);
    return work;
  }

  /** Of no looks yet. */
  async #newPlan({ build, split }: SplitImages, { halfWidth, isBlind }: MeasurePlanRequest): Promise<StudioPlan> {
    if (await this.isCorrected(split.id)) {
      throw new WinnowError('MISSING_INPUT', 'This split has decisions in it, so it cannot be measured', {
        where: split.id,
        next: 'Choose a split without them, or make one: `split: { decisions: false }`, then `winnow split`.',
      });
    }
    const id = randomUUID();
    const stages = [{ clean: 0, closed: 0, open: 0 }];
    return { id, buildId: build.id, splitId: split.id, seed: id, halfWidth, isBlind, stages };
  }

  async #list(): Promise<readonly StudioPlan[]> {
    const { config, database } = this.#context;
    const records = await database.useOrAway((db) => listMeasurePlans(db, config.name));
    return records.flatMap((record) => readPlan(record) ?? []);
  }

  #save({ id, buildId, splitId, ...settings }: StudioPlan, person: string): Promise<void> {
    const record: MeasurePlanRecord = { id, buildId, splitId, person, settings: settings as unknown as JsonValue };
    const { config, database } = this.#context;
    return database.useOnceThere((db) => saveMeasurePlan(db, config.name, record));
  }
}

/** @throws WinnowError MISSING_INPUT without a split */
export function requireSplit(images: OpenImages): SplitImages {
  const { split } = images;
  if (split !== null) return { ...images, split };
  throw new WinnowError('MISSING_INPUT', 'There is no split to measure', {
    where: 'measure',
    next: 'Run `winnow split`.',
  });
}

/** Null where this version cannot read it. */
function readPlan({ id, buildId, splitId, settings }: MeasurePlanRecord): StudioPlan | null {
  const read = measurePlanSettingsSchema.safeParse(settings);
  return read.success ? { id, buildId, splitId, ...read.data } : null;
}

/** Mean probability of each kind's images to be so. */
function expectedShares({ count, kind, clean, closed, open }: OpenImages['lists']['columns']): KindCounts {
  const sums = NOISE_KINDS.map(() => ({ sum: 0, count: 0 }));
  const probabilities = [clean, closed, open];
  for (let row = 0; row < count; row += 1) {
    const index = kind[row] as number;
    const of = sums[index];
    if (of === undefined) continue;
    of.sum += probabilities[index]?.[row] as number;
    of.count += 1;
  }
  const mean = (index: number): number => (sums[index]?.sum ?? 0) / Math.max(1, sums[index]?.count ?? 0);
  return { clean: mean(0), closed: mean(1), open: mean(2) };
}
