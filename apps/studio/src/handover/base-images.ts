import { stat } from 'node:fs/promises';
import path from 'node:path';
import { copiesByImage, DecisionFinder, digestDecisions, keptByCopy } from '@winnow/config';
import type { Decisions, ProjectConfig } from '@winnow/config';
import { digestOf } from '@winnow/columns';
import { correctionsOf, listBuilds, listDecisions, listExclusions, listSplits } from '@winnow/db';
import type { BuildRecord, SplitRecord } from '@winnow/db';
import { buildDecisions, chooseBaseSplit, isCleanedConfig, loadDecisions } from '@winnow/review';
import { readDataset, readSamples, sampleKey } from '@winnow/shards';
import type { OpenImages } from '../images/studio-images';
import { databaseAway, settledOrAway } from '../server/database-away';
import type { StudioContext } from '../server/studio-context';

/** The images that a cleaned data set would be made of, and what people decided of them. */
export interface BaseImages extends ToldOfBase {
  readonly images: OpenImages & { readonly split: NonNullable<OpenImages['split']> };
  /** `build.where` of the data set. */
  readonly where: string | undefined;
}

interface ToldOfBase {
  /** By row: class that was decided; null: none of them. */
  readonly decided: ReadonlyMap<number, string | null>;
  /** Rows that the next build leaves out, as people said. */
  readonly leftOut: ReadonlySet<number>;
  readonly splitId: string;
  /** Why a build may fold copies otherwise than this data set. */
  readonly inexact: readonly string[];
  /** What the split does not know yet, for people. */
  readonly remarks: readonly string[];
}

interface Base {
  readonly build: BuildRecord;
  /** Newest first; at least one. */
  readonly splits: readonly [SplitRecord, ...SplitRecord[]];
}

const AWAY = 'The database is away: this is as it was when it last answered.';

type Reading = Pick<StudioContext, 'config' | 'database' | 'images' | 'decisions'>;

/**
 * Finds the data set and split that `winnow build` would take for `build.where` and `build.labels`: the newest that is no
 * cleaned one, by the split that it would choose. What people decided of its images is read again where something was decided.
 */
export class BaseImagesReader {
  readonly #context: Reading;
  /** As it was read last; null: there was none. */
  #base: Base | null | undefined;
  #known: { readonly key: string; readonly told: Promise<ToldOfBase | null> } | null = null;

  constructor(context: Reading) {
    this.#context = context;
  }

  /** @returns null where there is none @throws WinnowError as StudioImages.open, loadDecisions and DecisionFinder; DATABASE_UNREACHABLE */
  async read(): Promise<BaseImages | null> {
    const { config, database, images, decisions } = this.#context;
    const found = await database.useIfThere(async (db): Promise<{ readonly base: Base | null }> => {
      const build = (await listBuilds(db, config.name)).find((one) => !isCleanedConfig(one.config));
      const [newest, ...others] = build === undefined ? [] : await listSplits(db, config.name, build.id);
      return { base: build === undefined || newest === undefined ? null : { build, splits: [newest, ...others] } };
    });
    const base = found === null ? this.#base : found.base;
    if (base === undefined) throw databaseAway();
    this.#base = base;
    if (base === null) return null;
    const { last } = await decisions.current();
    const file = config.split.corrections && path.resolve(config.paths.root, config.split.corrections);
    const savedAt = file && (await stat(file).catch(() => null))?.mtimeMs;
    const key = JSON.stringify([base.build.id, base.splits.map(({ id }) => id), last, savedAt]);
    if (this.#known?.key !== key) {
      const reading = toldOf(this.#context, base);
      this.#known = { key, told: reading };
      reading.catch(() => (this.#known = null));
    }
    const told = await settledOrAway(this.#known.told);
    if (told === null) return null;
    const opened = await images.open({ b: base.build.id, s: told.splitId });
    if (opened.split === null) return null;
    const { where } = (base.build.config as { readonly build?: { readonly where?: string } } | null)?.build ?? {};
    const remarks = found === null ? [AWAY, ...told.remarks] : told.remarks;
    return { ...told, remarks, images: { ...opened, split: opened.split }, where };
  }
}

async function toldOf(
  { config, database, images, decisions: log }: Reading,
  { build, splits }: Base,
): Promise<ToldOfBase | null> {
  const { decisions, folded, told } = await database.use(async (db) => {
    const lines = await listDecisions(db, config.name);
    const read = await loadDecisions(config, () => Promise.resolve(lines));
    const isToldOf = lines.length > 0 || read.rows.length > 0;
    return {
      decisions: read,
      folded: isToldOf ? await listExclusions(db, build.id) : [],
      told: buildDecisions(lines),
    };
  });
  const any = await images.open({ b: build.id, s: splits[0].id });
  const since = await log.sinceBuild(any.build);
  const { columns } = any.lists;
  const keptOf = keptByCopy(folded);
  const rowsOf = (sha256: string): readonly number[] => {
    const own = any.lists.rowsOf(sha256);
    return own.length > 0 ? own : any.lists.rowsOf(keptOf.get(sha256) ?? '');
  };
  const decided = await decidedRows(config, { any, decisions, copies: copiesByImage(folded), rowsOf });
  const truths = Array.from(decided, ([row, name]): [string, number | 'open'] => {
    return [sampleKey(row), name === null ? 'open' : columns.lists.classes.indexOf(name)];
  });
  const chosen = chooseBaseSplit(splits, {
    method: config.split.method,
    decided: digestDecisions(truths),
    digestOf: (split) => correctionsOf(split)?.digest ?? null,
  });
  if (chosen === null) return null;
  return {
    decided,
    leftOut: new Set([...told.leftOut.keys()].flatMap(rowsOf)),
    splitId: chosen.split.id,
    remarks: [
      ...(chosen.isStale
        ? ['People decided something else since this split was made: `winnow split` takes it in.']
        : []),
    ],
    inexact:
      since.pairs + since.kept + since.takenBack > 0
        ? ['People said something of copies since this data set was last made.']
        : [],
  };
}

interface DecidedSources {
  readonly any: OpenImages;
  readonly decisions: Decisions;
  readonly copies: ReadonlyMap<string, readonly string[]>;
  readonly rowsOf: (sha256: string) => readonly number[];
}

/** What people decided of each row; the list of the data set is read only where a file of corrections may name URLs. */
async function decidedRows(
  config: ProjectConfig,
  { any, decisions, copies, rowsOf }: DecidedSources,
): Promise<ReadonlyMap<number, string | null>> {
  const { columns } = any.lists;
  const finder = new DecisionFinder(decisions, columns.lists.classes);
  const decided = new Map<number, string | null>();
  const look = (row: number, sha256: string, provenance: readonly { readonly imageUrl: string }[]): void => {
    const decision = finder.find({ sha256, provenance, copies: copies.get(sha256) });
    if (decision !== undefined) decided.set(row, decision.className);
  };
  if (config.split.corrections !== undefined) {
    const folder = path.join(config.paths.builds, any.build.id);
    let row = 0;
    for await (const { sha256, provenance } of readSamples(folder, await readDataset(folder))) {
      look(row, sha256, provenance);
      row += 1;
    }
    return decided;
  }
  const rows = new Set(decisions.rows.flatMap(({ picture }) => rowsOf(picture)));
  for (const row of [...rows].sort((a, b) => a - b)) look(row, digestOf(columns, row), []);
  return decided;
}
