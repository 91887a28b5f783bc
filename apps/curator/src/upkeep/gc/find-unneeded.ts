import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { heldOutSources } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError } from '@winnow/contracts';
import { systemErrorCode } from '@winnow/files';
import type { RunRecord } from '@winnow/runs';
import { ENCODING_CACHE, fileProblem, readDataset } from '@winnow/shards';
import { listFiles, listFolder, measureFolders } from './list-folder';
import type { Found } from './list-folder';
import { WORKING_ENDING } from '../../build/working-folder';
import { heldOutCacheName } from '../../dedup/load-held-out';

const BUILD_ID = /^[0-9a-f]{16}$/;
const DIGEST = /^[0-9a-f]{64}$/;
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
  /** But for those that a living process writes. */
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
  const [working, unindexed, finished]: [string[], string[], string[]] = [[], [], []];
  const files: Found[] = [];
  for (const entry of await listFolder(buildsDir)) {
    const id = path.basename(entry.path);
    if (!entry.isFolder) files.push(entry);
    else if (id.endsWith(WORKING_ENDING)) working.push(entry.path);
    else if (known.has(id)) {
      if (!removed.has(id)) for (const file of await listFiles(entry.path)) files.push(file);
    } else if (BUILD_ID.test(id)) {
      // A folder of another name was put there by a person.
      unindexed.push(entry.path);
      if ((await orNull(readDataset(entry.path))) !== null) finished.push(id);
    }
  }
  return {
    working: await measureFolders(working),
    unindexed: await measureFolders(unindexed),
    finished,
    temporary: files.filter((file) => TEMPORARY.test(file.path) && !isBeingWritten(file.path)),
    pixels: files.filter((file) => PIXELS.test(path.basename(file.path))),
  };
}

/** Of a temporary file's name: the process that writes it. */
const WRITER = /\.(\d+)(?:-\d+)?\.tmp$/;

/**
 * Whether a living process of this machine writes a temporary file: commands that compute hold no lock of the database.
 * @param file name or path, as writeFileAtomic and the pixel cache choose it
 */
export function isBeingWritten(file: string): boolean {
  const writer = WRITER.exec(file)?.[1];
  if (writer === undefined) return false;
  try {
    process.kill(Number(writer), 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}

/** Of these digests, those that nothing refers to. */
export type FindUnknown = (digests: readonly string[]) => Promise<readonly string[]>;

export interface StoredFiles {
  /** Number of those that something refers to. */
  readonly known: number;
  /** Content-addressed files that nothing refers to. */
  readonly unknown: readonly Found[];
  readonly temporary: readonly Found[];
}

/** Looks through a folder of content-addressed files. Files of other names are left alone. */
export async function findStoredFiles(folder: string, findUnknown: FindUnknown): Promise<StoredFiles> {
  const [unknown, temporary]: [Found[], Found[]] = [[], []];
  let known = 0;
  for (const { path: part, isFolder } of await listFolder(folder)) {
    const files = isFolder ? await listFiles(part) : [];
    const stored = new Map<string, Found>();
    for (const file of files) {
      const name = path.basename(file.path);
      if (TEMPORARY.test(name)) temporary.push(file);
      else if (DIGEST.test(name) && name.startsWith(path.basename(part))) stored.set(name, file);
    }
    const digests = stored.size === 0 ? [] : await findUnknown([...stored.keys()]);
    for (const digest of digests) unknown.push(stored.get(digest) as Found);
    known += stored.size - digests.length;
  }
  return { known, unknown, temporary };
}

/** Files of a project's state that are made again where they are gone. */
export interface StateFiles {
  /** What was measured of test images that the project does not name any more, or that were changed. */
  readonly caches: readonly Found[];
  /** What the studio reads of data sets that are gone. */
  readonly columns: readonly Found[];
  readonly layouts: readonly Found[];
  /** What a crawl encoded for the next build. */
  readonly encoded: readonly Found[];
  readonly temporary: readonly Found[];
}

/** Looks through the folders of such files. @param builds ids of those that stay */
export async function findStateFiles(config: ProjectConfig, builds: ReadonlySet<string>): Promise<StateFiles> {
  const { root, state } = config.paths;
  const filesIn = async (name: string) => (await listFolder(path.join(state, name))).filter((file) => !file.isFolder);
  const [caches, columns, layouts] = [await filesIn('held-out'), await filesIn('columns'), await filesIn('layouts')];
  const measured = caches.filter((file) => file.path.endsWith('.json'));
  const current = new Set<string | null>();
  for (const { location } of measured.length === 0 ? [] : heldOutSources(config)) {
    // A source that is gone has no cache to keep.
    current.add(await orNull(heldOutCacheName(path.resolve(root, location))));
  }
  // Named after the data set, or after data set and split.
  const isOrphan = (file: Found): boolean => {
    const build = /^([^-]+)(?:-.+)?\.bin$/.exec(path.basename(file.path))?.[1];
    return build !== undefined && !builds.has(build);
  };
  return {
    caches: measured.filter((file) => !current.has(path.basename(file.path))),
    columns: columns.filter(isOrphan),
    layouts: layouts.filter(isOrphan),
    encoded: await listFiles(path.join(state, ENCODING_CACHE)),
    temporary: [...caches, ...columns, ...layouts].filter((file) => TEMPORARY.test(file.path)),
  };
}

/** Of runs of before the manifest named it. */
const STUDENT_FILE = 'student.safetensors';

/**
 * Checkpoints of a project's finished runs: nothing reads them any more, as the weights, metrics and summary stay. Those
 * of a run whose weights are gone or were changed stay: they are all that is left of it.
 */
export async function findCheckpoints(runs: readonly RunRecord[], project: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const run of runs) {
    if (!run.finished || run.manifest.project !== project) continue;
    const checkpoints = await listFiles(path.join(run.folder, 'checkpoints'));
    if (checkpoints.length > 0 && (await hasItsWeights(run))) found.push(...checkpoints);
  }
  return found;
}

/** Whether the weights are there as the run wrote them; runs of before recorded no digest to hold them to. */
async function hasItsWeights({ folder, manifest: { weights } }: RunRecord): Promise<boolean> {
  const file = path.join(folder, weights?.name ?? STUDENT_FILE);
  const isThere =
    weights?.sha256 === undefined
      ? lstat(file).then((stats) => stats.isFile())
      : fileProblem(file, weights).then((problem) => problem === null);
  return isThere.catch(() => false);
}

async function orNull<Value>(value: Promise<Value>): Promise<Value | null> {
  return value.catch((error: unknown) => {
    if (isWinnowError(error)) return null;
    throw error;
  });
}
