import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSet, ImageSource } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { writeFileAtomic } from '@winnow/files';
import type { EngineInfo } from '@winnow/tensor';
import { knowsMore, predict } from '@winnow/training';
import type { FrozenTeacher, KeptOutputs, Prediction } from '@winnow/training';
import type { OpenProject } from '../open-project';
import { digestImages } from '../data/image-sets';
import type { BuildImages } from '../data/load-build-images';
import type { LoadedTeacher } from '../teacher/load-teacher';

/** Raised where `predict` comes to say something else of the same images. */
const REVISION = 1;
/** Larger files are not kept: the features of a million images, 1280 of each, take 5 GB. */
const MAX_FILE_BYTES = 500e6;
/** Of all files; what was read longest ago goes first. */
const MAX_KEPT_BYTES = 4e9;
const DIGEST_BYTES = 32;

/** Who is asked about what, and where it is computed. */
export interface PredictionJob {
  readonly pool: BuildImages;
  readonly teacher: LoadedTeacher;
  readonly engine: EngineInfo;
}

/** As of `predict`. */
type AskedFor = Parameters<KeptOutputs>[0];

/** A project's folder, and who hears of it. */
type Asking = Pick<OpenProject, 'config' | 'io'>;

/**
 * What the teacher says of every image of a build, as it is or the mean with its mirror image: read from
 * `.winnow/predictions` where the same teacher was asked before, and kept there.
 * @throws WinnowError as predict
 */
export async function predictPool(
  asking: Asking,
  build: BuildRecord,
  job: PredictionJob,
  asked: AskedFor,
): Promise<Prediction> {
  const place = poolPlace(asking, build, job, asked);
  return (await readKept(place)) ?? askAndKeep(asking, job.pool.images, place);
}

/** As `predictPool` where that is kept, else null. */
export function readPool(
  asking: Pick<Asking, 'config'>,
  build: BuildRecord,
  job: PredictionJob,
  asked: AskedFor,
): Promise<Prediction | null> {
  return readKept(poolPlace(asking, build, job, asked));
}

/** What the teacher says of the test images, without features, kept likewise. @throws WinnowError as predict */
export async function predictTest(
  asking: Asking,
  { test, teacher, engine }: Omit<PredictionJob, 'pool'> & { readonly test: ImageSet },
): Promise<Prediction> {
  const of = ['test', digestImages(test), test.size, test.classes];
  const place = placeOf(asking, { of, count: test.count, teacher, engine, asked: { flipped: false, features: false } });
  return (await readKept(place)) ?? askAndKeep(asking, test, place);
}

/**
 * What the teacher says of a part of a build that is kept from learning, always the same one, without features, kept likewise.
 * @throws WinnowError as predict
 */
export async function predictHeldOut(
  asking: Asking,
  build: BuildRecord,
  { pool, held, teacher, engine }: PredictionJob & { readonly held: ImageSource },
): Promise<Prediction> {
  const of = ['held out', build.digest, held.size, pool.images.store.kind === 'encoded', held.classes];
  const place = placeOf(asking, { of, count: held.count, teacher, engine, asked: { flipped: false, features: false } });
  return (await readKept(place)) ?? askAndKeep(asking, held, place);
}

function poolPlace(
  asking: Pick<Asking, 'config'>,
  build: BuildRecord,
  { pool: { images }, teacher, engine }: PredictionJob,
  asked: AskedFor,
): KeptPlace {
  const of = ['pool', build.digest, images.size, images.store.kind === 'encoded', images.classes];
  return placeOf(asking, { of, count: images.count, teacher, engine, asked });
}

/** Where outputs lie, and what they are. */
interface KeptPlace extends Pick<Prediction, 'count' | 'classCount' | 'featureDim'> {
  readonly folder: string;
  readonly key: string;
  readonly outsideCount: number;
  readonly frozen: FrozenTeacher;
  readonly asked: AskedFor;
}

function placeOf(
  { config }: Pick<Asking, 'config'>,
  {
    of,
    count,
    teacher: { frozen, digest },
    engine,
    asked,
  }: Pick<PredictionJob, 'teacher' | 'engine'> & {
    readonly of: readonly unknown[];
    readonly count: number;
    readonly asked: AskedFor;
  },
): KeptPlace {
  const { classCount } = frozen;
  const computed = [engine.name, engine.version, engine.device, engine.build ?? null];
  const parts = [REVISION, ...of, count, ...computed, digest, classCount, frozen.featureDim, knowsMore(frozen)];
  return {
    folder: path.join(config.paths.state, 'predictions'),
    key: createHash('sha256')
      .update(JSON.stringify([...parts, asked.flipped]))
      .digest('hex')
      .slice(0, 32),
    ...{ count, classCount, frozen, asked },
    featureDim: asked.features ? frozen.featureDim : 0,
    outsideCount: knowsMore(frozen) ? count : 0,
  };
}

async function askAndKeep({ io }: Asking, images: ImageSource, place: KeptPlace): Promise<Prediction> {
  const prediction = await predict(place.frozen, images, { ...place.asked, progress: io.progress, signal: io.signal });
  const { logits, features, outside } = prediction;
  try {
    await mkdir(place.folder, { recursive: true });
    await keep(logitsFile(place), [logits, outside ?? new Float32Array(0)]);
    if (place.featureDim > 0) await keep(featuresFile(place), [features]);
    await forgetOldest(place.folder);
  } catch (error) {
    io.log(`What the teacher said cannot be kept, and will be asked again: ${(error as Error).message}`);
  }
  return prediction;
}

const logitsFile = ({ folder, key }: KeptPlace): string => path.join(folder, `${key}.f32`);
const featuresFile = ({ folder, key }: KeptPlace): string => path.join(folder, `${key}-features.f32`);

/** Null for what is not there, or damaged: the teacher is asked again. */
async function readKept(place: KeptPlace): Promise<Prediction | null> {
  const { count, classCount, featureDim, outsideCount } = place;
  const values = await readValues(logitsFile(place), count * classCount + outsideCount);
  if (values === null) return null;
  const features = featureDim === 0 ? new Float32Array(0) : await readValues(featuresFile(place), count * featureDim);
  if (features === null) return null;
  const logits = values.subarray(0, count * classCount);
  return {
    count,
    classCount,
    featureDim,
    logits,
    features,
    outside: outsideCount > 0 ? values.subarray(logits.length) : null,
  };
}

async function readValues(file: string, length: number): Promise<Float32Array | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes?.length !== DIGEST_BYTES + length * Float32Array.BYTES_PER_ELEMENT) return null;
  const content = bytes.subarray(DIGEST_BYTES);
  if (!digestOf(content).equals(bytes.subarray(0, DIGEST_BYTES))) return null;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
  const { buffer, byteOffset, byteLength } = content;
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** sha256, then the values as little-endian floats. */
async function keep(file: string, values: readonly Float32Array[]): Promise<void> {
  const parts = values.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  if (parts.reduce((sum, { length }) => sum + length, 0) > MAX_FILE_BYTES) return;
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  await writeFileAtomic(file, Buffer.concat([hash.digest(), ...parts]));
}

async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.f32'));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const { mtimeMs: at, size } = (await stat(file).catch(() => null)) ?? { mtimeMs: 0, size: 0 };
      return { file, at, size };
    }),
  );
  files.sort((a, b) => b.at - a.at);
  let bytes = 0;
  for (const { file, size } of files) {
    bytes += size;
    if (bytes > MAX_KEPT_BYTES) await rm(file, { force: true });
  }
}

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
