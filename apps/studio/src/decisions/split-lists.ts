import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { copiesByImage, DecisionFinder, parseCorrections } from '@winnow/config';
import type { CorrectionRow, ProjectConfig } from '@winnow/config';
import { NOISE_KINDS } from '@winnow/contracts';
import type { ListImported } from '@winnow/contracts';
import { imagesByName, listDecisions, listExclusions, listSplitSamples, storeDecisions } from '@winnow/db';
import type { Database, SplitRow } from '@winnow/db';
import { csvText } from '@winnow/files';
import { DecisionLog, importedDecisions, loadDecisions, splitListLines } from '@winnow/review';
import { readDataset, readSamples } from '@winnow/shards';
import type { StoredSample } from '@winnow/shards';

interface ListedSplit {
  readonly buildId: string;
  readonly splitId: string;
  /** Of the data set, by the place of an image in it; without it all are. */
  readonly isListed?: (row: number) => boolean;
}

/**
 * The images of a split as a CSV for a person: of all of them, the text that `winnow split --list` writes.
 * @throws WinnowError as loadDecisions, DecisionFinder and readDataset
 */
export async function splitListText(
  db: Database,
  config: ProjectConfig,
  { buildId, splitId, isListed = () => true }: ListedSplit,
): Promise<string> {
  const directory = path.join(config.paths.builds, buildId);
  const manifest = await readDataset(directory);
  const { classes } = manifest;
  const decisions = await loadDecisions(config, () => listDecisions(db, config.name));
  const finder = new DecisionFinder(decisions, classes);
  const copies = copiesByImage(await listExclusions(db, buildId));
  const verdicts = new Map((await listSplitSamples(db, splitId)).map((row) => [row.key, row]));
  const samples: StoredSample[] = [];
  const rows: SplitRow[] = [];
  const applied: { readonly row: number; readonly truth: number | 'open' }[] = [];
  let place = 0;
  for await (const sample of readSamples(directory, manifest)) {
    if (!isListed(place++)) continue;
    const verdict = verdicts.get(sample.key);
    if (verdict === undefined) continue;
    const decision = finder.find({ ...sample, copies: copies.get(sample.sha256) });
    if (decision !== undefined) {
      const truth = decision.className === null ? ('open' as const) : classes.indexOf(decision.className);
      applied.push({ row: rows.length, truth });
    }
    samples.push({ ...sample, provenance: sample.provenance.slice(0, 1) });
    rows.push(verdict);
  }
  const split = {
    kinds: rows.map(({ kind }) => NOISE_KINDS.indexOf(kind)),
    probabilities: Float32Array.from(
      rows.flatMap(({ cleanProbability, closedProbability, openProbability }) => [
        ...[cleanProbability, closedProbability, openProbability],
      ]),
    ),
    refinedLabels: rows.map(({ refinedLabel }) => refinedLabel),
  };
  const pool = {
    images: { labels: samples.map(({ label }) => label), classes },
    provenance: samples.map(({ provenance }) => provenance),
    sha256: samples.map((sample) => sample.sha256),
  };
  return [...splitListLines(pool, split, { applied, unapplied: [] })].join('');
}

/**
 * What is decided of a project's images, as `split.corrections` reads it. Lines of the project's file by classes that are gone stay
 * where nothing else is said of the image; what the database says by such a class is left out.
 * @throws WinnowError as loadDecisions
 */
export async function correctionsText(db: Database, config: ProjectConfig): Promise<string> {
  const { rows } = await loadDecisions(config, () => listDecisions(db, config.name));
  const classes = new Set(config.classes.map(({ name }) => name));
  const isForeign = ({ className }: CorrectionRow): boolean => className !== null && !classes.has(className);
  // Where a class is called so, `open` would be read as that class.
  const noClass = classes.has('open') ? '' : 'open';
  const told = new Map<string, string>();
  for (const row of rows) if (!isForeign(row)) told.set(row.picture, row.className ?? noClass);
  for (const { picture, className, by } of rows.filter(isForeign)) {
    if (by === undefined && className !== null && !told.has(picture)) told.set(picture, className);
  }
  return [['picture', 'class'], ...told].map((cells) => csvText(cells)).join('');
}

export interface ImportedList {
  /** Of the file, without its folder. */
  readonly name: string;
  readonly csv: string;
  /** When it was saved last, as far as that is known. */
  readonly at: Date;
}

/**
 * Makes decisions of a list that somebody edited, one batch of the person `file: NAME`.
 * @throws WinnowError as parseCorrections and importedDecisions
 */
export async function importList(
  db: Database,
  config: Pick<ProjectConfig, 'name' | 'classes'>,
  { name, csv, at }: ImportedList,
): Promise<ListImported> {
  const classes = config.classes.map((one) => one.name);
  const rows = parseCorrections(csv, { file: name, classes });
  const person = `file: ${name}`;
  const names = rows.map(({ picture }) => picture);
  const { decisions, ...counts } = importedDecisions(rows, {
    ...{ file: name, person, classes },
    log: new DecisionLog(await listDecisions(db, config.name), classes),
    imagesByName: await imagesByName(db, config.name, names),
  });
  const batch = randomUUID();
  const lines = decisions.map((decision) => ({ ...decision, id: randomUUID(), batch, origin: 'import' as const }));
  const { stored } =
    lines.length === 0 ? { stored: [] } : await storeDecisions(db, { project: config.name, person, at }, lines);
  return { ...counts, added: stored.length };
}
