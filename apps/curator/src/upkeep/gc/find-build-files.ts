import path from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import { readDataset } from '@winnow/shards';
import { folderBytes, listFiles, listFolder } from './list-folder';
import type { Found } from './list-folder';
import { WORKING_ENDING } from '../../build/working-folder';

const BUILD_ID = /^[0-9a-f]{16}$/;
const PIXELS = /^pixels-\d+\.rgb$/;
const TEMPORARY = /\.tmp$/;

/** What lies in the folder of builds and is needed by none of them. */
export interface BuildFiles {
  /** Of builds that were killed. */
  readonly working: readonly Found[];
  /** Folders that the index does not know. */
  readonly unindexed: readonly Found[];
  /** Ids of those of them that were finished: dataset.json is sound. */
  readonly finished: readonly string[];
  readonly temporary: readonly Found[];
  /** Decoded images, which training makes again. */
  readonly pixels: readonly Found[];
}

/**
 * Looks through the folder of builds.
 * @param known ids of the builds of all projects in the database
 * @param removed ids of those whose folders go: what is in them is not listed
 */
export async function findBuildFiles(
  buildsDir: string,
  { known, removed }: { readonly known: ReadonlySet<string>; readonly removed: ReadonlySet<string> },
): Promise<BuildFiles> {
  const entries = await listFolder(buildsDir);
  const folders = entries.filter(({ isFolder }) => isFolder);
  const isWorking = (found: Found): boolean => found.path.endsWith(WORKING_ENDING);
  const working = folders.filter(isWorking);
  const others = folders.filter((found) => !isWorking(found));
  // A folder of another name was put there by a person.
  const unindexed = others.filter(
    ({ path: folder }) => BUILD_ID.test(path.basename(folder)) && !known.has(path.basename(folder)),
  );
  const indexed = others.filter(({ path: folder }) => known.has(path.basename(folder)));
  const kept = indexed.filter(({ path: folder }) => !removed.has(path.basename(folder)));
  const files = [...entries.filter(({ isFolder }) => !isFolder)];
  for (const folder of kept) for (const file of await listFiles(folder.path)) files.push(file);
  return {
    working: await Promise.all(working.map(measured)),
    unindexed: await Promise.all(unindexed.map(measured)),
    finished: await findFinished(unindexed),
    temporary: files.filter((file) => TEMPORARY.test(file.path)),
    pixels: files.filter((file) => PIXELS.test(path.basename(file.path))),
  };
}

async function findFinished(folders: readonly Found[]): Promise<readonly string[]> {
  const finished: string[] = [];
  for (const { path: folder } of folders) {
    const dataset = await readDataset(folder).catch((error: unknown) => {
      if (isWinnowError(error)) return null;
      throw error;
    });
    if (dataset !== null) finished.push(path.basename(folder));
  }
  return finished;
}

async function measured(found: Found): Promise<Found> {
  return { ...found, sizeBytes: await folderBytes(found.path) };
}
