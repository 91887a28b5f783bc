import path from 'node:path';
import { readdir, stat } from 'node:fs/promises';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError } from '@winnow/contracts';
import type { SquarePolicy } from '@winnow/contracts';
import { listLabelledFiles, readDataset } from '@winnow/shards';
import { firstOfEach, listCheckImages, randomImages, squareImages } from '../data/check-images';
import type { CheckImages, FoundImage } from '../data/check-images';
import type { ProjectRun } from '../student/project-runs';

/** Where something is to be read from, or is not. */
export interface ExportSources {
  /** Images and folders of images to measure on. */
  readonly check: readonly string[];
  /** Labelled images to measure on where `check` names none. */
  readonly test: string | undefined;
  /** Images and folders of images to calibrate int8 on. */
  readonly calibrate: readonly string[];
  /** A data set that winnow built, where `calibrate` names none. */
  readonly pool: string | undefined;
}

/** Enough for half a percent. */
const MAX_MEASURED = 500;
/** More do not change ranges much. */
const MAX_CALIBRATED = 256;

/** What exports are measured on, and int8 is calibrated on. */
export interface ExportImages {
  readonly measured: CheckImages;
  readonly origin: 'named' | 'test' | 'pool' | 'rest' | 'noise';
  /** Null: there are none. */
  readonly calibrated: CheckImages | null;
}

interface ReadOptions {
  /** Side, pixels. */
  readonly size: number;
  readonly resize: SquarePolicy;
  readonly signal: AbortSignal;
  /** Whether anything is to be calibrated. */
  readonly isInt8: boolean;
}

/**
 * Chooses as many images of each class, always the same, and reads them. What int8 is calibrated on is not measured on: where
 * nothing else is named, every other image is for either. Without any images but that, noise is compared.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, IMAGE_UNREADABLE, DATA_CORRUPT; INTERRUPTED
 */
export async function loadExportImages(
  { check, test, calibrate, pool }: ExportSources,
  options: ReadOptions,
): Promise<ExportImages> {
  const read = (found: readonly FoundImage[], source: string) => squareImages(found, { ...options, source });
  const named = check.length > 0 ? check.join(', ') : test;
  const found = await (check.length > 0 ? listCheckImages(check) : listLabelled(test));
  const isNeeded = options.isInt8 || named === undefined;
  const source = !isNeeded ? undefined : calibrate.length > 0 ? calibrate.join(', ') : pool;
  const seen = await (isNeeded && calibrate.length > 0 ? listCheckImages(calibrate) : listLabelled(source));
  if (named !== undefined) {
    return {
      measured: await read(firstOfEach(found, MAX_MEASURED), named),
      origin: check.length > 0 ? 'named' : 'test',
      calibrated: source === undefined ? null : await read(firstOfEach(seen, MAX_CALIBRATED), source),
    };
  }
  if (source === undefined) return { measured: randomImages(options.size), origin: 'noise', calibrated: null };
  const chosen = firstOfEach(seen, 2 * MAX_CALIBRATED);
  const half = (part: number) => chosen.filter((_, index) => index % 2 === part);
  const calibrated = options.isInt8 ? await read(half(0), source) : null;
  if (chosen.length < 2) return { measured: randomImages(options.size), origin: 'noise', calibrated };
  const others = await read(half(1), source);
  return {
    // Labels of a pool are those that it came with: they tell nothing of accuracy.
    measured: { ...others, labels: others.labels.map(() => null) },
    origin: calibrate.length > 0 ? 'rest' : 'pool',
    calibrated,
  };
}

async function listLabelled(source: string | undefined): Promise<readonly FoundImage[]> {
  if (source === undefined) return [];
  const files = await listLabelledFiles(source);
  return files.map(({ key, className, read }) => ({ where: `${source}, ${key}`, name: key, label: className, read }));
}

/**
 * The test images of a project, and the data set that a run of it learnt from, as far as they are there. Read from the
 * folders: the database may be another's for now.
 */
export async function projectImages(
  { paths, evaluate }: ProjectConfig,
  run: Pick<ProjectRun, 'name' | 'buildDigest'>,
): Promise<Pick<ExportSources, 'test' | 'pool'>> {
  const test = evaluate.test === undefined ? undefined : path.resolve(paths.root, evaluate.test);
  const isThere = test !== undefined && (await stat(test).catch(() => undefined)) !== undefined;
  return { test: isThere ? test : undefined, pool: await poolOf(paths.builds, run.buildDigest) };
}

async function poolOf(builds: string, digest: string): Promise<string | undefined> {
  const names = await readdir(builds).catch(() => []);
  for (const name of names.sort()) {
    const folder = path.join(builds, name);
    const manifest = await readDataset(folder).catch((error: unknown) => {
      if (isWinnowError(error)) return null;
      throw error;
    });
    if (manifest !== null && manifest.digest === digest) return folder;
  }
  return undefined;
}
