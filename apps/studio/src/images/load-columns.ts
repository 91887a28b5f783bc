import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { parseUrl, requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { ColumnsBuilder, readColumns, writeColumns } from '@winnow/columns';
import type { ColumnImage, ImageColumns } from '@winnow/columns';
import { pageSplitSamples } from '@winnow/db';
import type { ProjectOverview } from '@winnow/db';
import { statedLicense } from '@winnow/dedup';
import { makeDurableFolder } from '@winnow/files';
import { readDataset, readSamples } from '@winnow/shards';
import type { StoredSample } from '@winnow/shards';
import type { StudioDatabase } from '../server/studio-database';

/** Rows of a split that are read at once. */
const ROWS_AT_ONCE = 20_000;
const UNKNOWN_LICENSE = 'unknown';

export interface ColumnsToLoad {
  readonly config: ProjectConfig;
  readonly database: StudioDatabase;
  readonly build: Pick<ProjectOverview['builds'][number], 'id' | 'sampleCount'>;
  readonly split: Pick<ProjectOverview['splits'][number], 'id'> | null;
  readonly log: CommandIo['log'];
  readonly signal: AbortSignal;
  /** Told now and then how many images were read. */
  onRead(done: number): void;
}

/**
 * The columns of a data set and split: from their file, or else from the data set's list and the split's rows, and then kept
 * as a file. A split never changes, nor does a data set.
 * @throws WinnowError FILE_NOT_FOUND, DATA_CORRUPT where the data set's folder is gone or damaged, MISSING_INPUT where its classes
 *   are not those of the project; as StudioDatabase.use
 */
export async function loadColumns(wanted: ColumnsToLoad): Promise<ImageColumns> {
  const { config, build, split, log } = wanted;
  const manifest = await readDataset(path.join(config.paths.builds, build.id));
  requireSameClasses(manifest.classes, config, build.id);
  const source = `${manifest.digest} ${split?.id ?? 'none'}`;
  const folder = path.join(config.paths.state, 'columns');
  const file = path.join(folder, `${build.id}-${split?.id ?? 'none'}.bin`);
  const known = await readColumns(file, source);
  if (known !== null) return known;
  const columns = await makeColumns(wanted);
  try {
    await makeDurableFolder(folder);
    await writeColumns(file, columns, source);
  } catch (error) {
    // A full disk is no reason to show nothing.
    log(
      `The columns of data set ${build.id} cannot be kept: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return columns;
}

/** A label is a place in the list of classes: behind another list, pages would name other classes than those of the images. */
function requireSameClasses(classes: readonly string[], config: ProjectConfig, build: string): void {
  if (classes.every((name, label) => config.classes[label]?.name === name)) return;
  throw new WinnowError('MISSING_INPUT', 'The data set was built with other classes than the project has now', {
    where: build,
    next: 'Run `winnow build`, then `winnow split`; or bring the classes of the project file back into their order.',
  });
}

async function makeColumns({ config, database, build, split, signal, onRead }: ColumnsToLoad): Promise<ImageColumns> {
  const folder = path.join(config.paths.builds, build.id);
  const manifest = await readDataset(folder);
  const builder = new ColumnsBuilder(manifest.samples, manifest.classes);
  let done = 0;
  /** Keys count samples from 0; where one does not, its place is remembered. */
  const places = new Map<string, number>();
  for await (const sample of readSamples(folder, manifest)) {
    builder.add(columnImage(sample));
    if (Number(sample.key) !== done) places.set(sample.key, done);
    done += 1;
    onRead(done);
    requireUninterrupted(signal, 'Stopped while reading a data set');
  }
  if (split === null) return builder.finish();
  let afterKey = '';
  for (;;) {
    requireUninterrupted(signal, 'Stopped while reading a data set');
    const rows = await database.use((db) => pageSplitSamples(db, split.id, { afterKey, count: ROWS_AT_ONCE }));
    for (const row of rows) builder.setVerdict(places.get(row.key) ?? Number(row.key), row);
    if (rows.length < ROWS_AT_ONCE) return builder.finish();
    afterKey = rows.at(-1)?.key ?? '';
  }
}

function columnImage(sample: StoredSample): ColumnImage {
  const { provenance, flags = [] } = sample;
  return {
    ...sample,
    flags,
    encoding: sample.unchanged === true ? 'imported' : sample.extension === 'png' ? 'png' : 'jpeg',
    licenses: provenance.map((listing) => statedLicense(listing)?.id ?? UNKNOWN_LICENSE),
    engines: provenance.map(({ engine }) => engine),
    hosts: provenance.map(({ imageUrl }) => parseUrl(imageUrl)?.hostname ?? '').filter((host) => host !== ''),
  };
}
