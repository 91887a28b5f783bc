import { listLabelledFiles } from '@winnow/shards';
import {
  type CheckImages,
  firstOfEach,
  type FoundImage,
  listCheckImages,
  randomImages,
  squareImages,
} from '../images/check-images';
import type { SquarePolicy } from '../images/square-as-learnt';

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
  const source = calibrate.length > 0 ? calibrate.join(', ') : pool;
  const seen = await (calibrate.length > 0 ? listCheckImages(calibrate) : listLabelled(pool));
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
  const calibrated = await read(half(0), source);
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
