import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageSet, ImageSource } from '@winnow/contracts';
import type { BuildRecord } from '@winnow/db';
import { writeFileAtomic } from '@winnow/files';
import type { EngineInfo } from '@winnow/tensor';
import { knowsMore, predict } from '@winnow/training';
import type { Prediction } from '@winnow/training';
import type { OpenProject } from '../open-project';
import { digestImages } from '../data/image-sets';
import type { BuildImages } from '../data/load-build-images';
import type { LoadedTeacher } from '../teacher/load-teacher';

/** Larger ones are not kept: a million images with 1280 features take 5 GB. */
const MAX_KEPT_BYTES = 500e6;
/** Predictions of that many teachers, data sets and kinds of asking stay. */
const MAX_KEPT_FILES = 16;
const DIGEST_BYTES = 32;

/** Who is asked about what, and where it is computed. */
export interface PredictionJob {
  readonly pool: BuildImages;
  readonly teacher: LoadedTeacher;
  readonly engine: EngineInfo;
}

/** A project's folder, and who hears of it. */
type Asking = Pick<OpenProject, 'config' | 'io'>;

/**
 * What the teacher says of every image of a build, as it is or the mean with its mirror image: read from
 * `.winnow/predictions` where the same teacher was asked before, and kept there.
 * @throws WinnowError as predict; DISK_FULL, FILE_NOT_WRITABLE
 */
export function predictPool(
  asking: Asking,
  build: BuildRecord,
  { pool: { images }, teacher, engine }: PredictionJob,
  flipped: boolean,
): Promise<Prediction> {
  const { classCount, featureDim } = teacher.frozen;
  const parts = [
    ...[build.digest, images.size, images.store.kind === 'encoded', images.classes, engine.name, engine.version],
    ...[teacher.digest, flipped, images.count, classCount, featureDim],
    ...(knowsMore(teacher.frozen) ? ['outside'] : []),
  ];
  const said = 'The teacher was asked about this data set before: its outputs of then are read.';
  return keptPrediction(asking, { parts, said, teacher, images, flipped, features: true });
}

/** Whether predictions of a pool are kept: features of millions of images are not. */
export function isPoolKept({ pool, teacher }: Omit<PredictionJob, 'engine'>): boolean {
  const { classCount, featureDim } = teacher.frozen;
  return pool.images.count * (classCount + featureDim) * Float32Array.BYTES_PER_ELEMENT <= MAX_KEPT_BYTES;
}

/**
 * What the teacher says of the test images, without features, kept likewise.
 * @throws WinnowError as predictPool
 */
export function predictTest(
  asking: Asking,
  { test, teacher, engine }: Omit<PredictionJob, 'pool'> & { readonly test: ImageSet },
): Promise<Prediction> {
  const parts = [
    ...['test', digestImages(test), test.size, test.classes, engine.name, engine.version],
    ...[teacher.digest, test.count, teacher.frozen.classCount],
    ...(knowsMore(teacher.frozen) ? ['outside'] : []),
  ];
  return keptPrediction(asking, { parts, said: null, teacher, images: test, flipped: false, features: false });
}

interface Asked {
  /** What the outputs depend on. */
  readonly parts: readonly unknown[];
  /** To say where they are read; null: nothing. */
  readonly said: string | null;
  readonly teacher: LoadedTeacher;
  readonly images: ImageSource;
  readonly flipped: boolean;
  readonly features: boolean;
}

async function keptPrediction(
  { config, io }: Asking,
  { parts, said, teacher: { frozen }, images, ...asked }: Asked,
): Promise<Prediction> {
  const { count } = images;
  const { classCount } = frozen;
  const featureDim = asked.features ? frozen.featureDim : 0;
  const outsideCount = knowsMore(frozen) ? count : 0;
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const file = path.join(config.paths.state, 'predictions', `${key.slice(0, 32)}.f32`);
  const values = await readKept(file, count * (classCount + featureDim) + outsideCount);
  if (values !== null) {
    if (said !== null) io.log(said);
    const logits = values.slice(0, count * classCount);
    const features = values.slice(logits.length, values.length - outsideCount);
    const outside = outsideCount > 0 ? values.slice(-outsideCount) : null;
    return { count, classCount, featureDim, logits, features, outside };
  }
  const prediction = await predict(frozen, images, { ...asked, progress: io.progress, signal: io.signal });
  await keep(file, prediction);
  return prediction;
}

/** Null for none, and for one that is damaged: the teacher is asked again. */
async function readKept(file: string, length: number): Promise<Float32Array | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes?.length !== DIGEST_BYTES + length * Float32Array.BYTES_PER_ELEMENT) return null;
  const content = bytes.subarray(DIGEST_BYTES);
  if (!digestOf(content).equals(bytes.subarray(0, DIGEST_BYTES))) return null;
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(content);
  return values;
}

/** sha256, then logits, features and what is outside as little-endian floats, row-major. */
async function keep(file: string, { logits, features, outside }: Prediction): Promise<void> {
  if (logits.byteLength + features.byteLength > MAX_KEPT_BYTES) return;
  const content = Buffer.concat(
    [logits, features, outside ?? new Float32Array(0)].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  );
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(file, Buffer.concat([digestOf(content), content]));
  await forgetOldest(folder);
}

async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.f32'));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, at: (await stat(file).catch(() => null))?.mtimeMs ?? 0 };
    }),
  );
  files.sort((a, b) => b.at - a.at);
  for (const { file } of files.slice(MAX_KEPT_FILES)) await rm(file, { force: true });
}

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
