import path from 'node:path';
import { copiesByImage, DecisionFinder, digestDecisions } from '@winnow/config';
import type { Decisions, ProjectConfig } from '@winnow/config';
import { digestOf } from '@winnow/columns';
import { correctionsOf, listBuilds, listDecisions, listExclusions, listSplits } from '@winnow/db';
import type { SplitRecord } from '@winnow/db';
import { buildDecisions, chooseBaseSplit, isCleanedConfig, loadDecisions } from '@winnow/review';
import { readDataset, readSamples, sampleKey } from '@winnow/shards';
import type { OpenImages } from '../images/studio-images';
import type { StudioContext } from '../server/studio-context';

/** The images that a cleaned data set would be made of, and what people decided of them. */
export interface BaseImages {
  readonly images: OpenImages & { readonly split: NonNullable<OpenImages['split']> };
  /** By row: class that was decided; null: none of them. */
  readonly decided: ReadonlyMap<number, string | null>;
  /** Rows that the next build leaves out, as people said. */
  readonly leftOut: ReadonlySet<number>;
  /** `build.where` of the data set. */
  readonly where: string | undefined;
  /** What the split and the folding of copies do not know yet, for people. */
  readonly remarks: readonly string[];
}

type Reading = Pick<StudioContext, 'config' | 'database' | 'images' | 'decisions'>;

/**
 * The data set and split that `winnow build` would take for `build.where` and `build.labels`: the newest that is no cleaned
 * one, by the split that it would choose.
 * @returns null where there is none
 * @throws WinnowError as StudioImages.open, loadDecisions and DecisionFinder
 */
export async function baseImages({ config, database, images }: Reading): Promise<BaseImages | null> {
  const found = await database.use(async (db) => {
    const build = (await listBuilds(db, config.name)).find((one) => !isCleanedConfig(one.config));
    if (build === undefined) return null;
    const lines = await listDecisions(db, config.name);
    const decisions = await loadDecisions(config, () => Promise.resolve(lines));
    const splits = await listSplits(db, config.name, build.id);
    const folded = lines.length === 0 && decisions.rows.length === 0 ? [] : await listExclusions(db, build.id);
    return { build, decisions, splits, folded, told: buildDecisions(lines) };
  });
  const [first] = found?.splits ?? [];
  if (found === null || first === undefined) return null;
  const { build, decisions, splits, folded, told } = found;
  const { method } = config.split;
  const any = await images.open({ b: build.id, s: first.id });
  const copies = copiesByImage(folded);
  const keptOf = new Map(
    folded.flatMap(({ sha256, keptSha256 }) => (keptSha256 === null ? [] : [[sha256, keptSha256]])),
  );
  const rowsOf = (sha256: string): readonly number[] => {
    const own = any.lists.rowsOf(sha256);
    return own.length > 0 ? own : any.lists.rowsOf(keptOf.get(sha256) ?? '');
  };
  const decided = await decidedRows(config, { any, decisions, copies, rowsOf });
  const digest = digestDecisions(
    Array.from(decided, ([row, name]) => [
      sampleKey(row),
      name === null ? 'open' : any.lists.columns.lists.classes.indexOf(name),
    ]),
  );
  const digestIn = (split: SplitRecord): string | null => correctionsOf(split)?.digest ?? null;
  const chosen = chooseBaseSplit(splits, { method, decided: digest, digestOf: digestIn });
  if (chosen === null) return null;
  const opened = await images.open({ b: build.id, s: chosen.split.id });
  if (opened.split === null) return null;
  return {
    images: { ...opened, split: opened.split },
    decided,
    leftOut: new Set([...told.leftOut.keys()].flatMap(rowsOf)),
    where: (build.config as { readonly build?: { readonly where?: string } } | null)?.build?.where,
    remarks: [
      ...(chosen.isStale
        ? ['People decided something else since this split was made: `winnow split` takes it in.']
        : []),
      ...([...told.pairs.values()].some(({ at }) => new Date(at) > any.build.createdAt)
        ? ['What was said of copies since this data set was made may change the count.']
        : []),
    ],
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
