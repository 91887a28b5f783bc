import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { ColumnsBuilder, writeColumns } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import { IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind, SampleRecord } from '@winnow/contracts';
import { openDatabase, saveBuild, saveSplit } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { sampleKey, writeManifest, writeShards } from '@winnow/shards';
import { blobPath } from '@winnow/store';

const NAME = 'million';
/** Images of the one shard: the others are these again, under digests of their own. */
const DRAWN = 200;
const SIDE = 64;
const CLASSES = Array.from({ length: 20 }, (_, index) => `class ${index}`);
const LICENSES = ['unknown', 'by', 'by-sa', 'cc0', 'by-nc', 'pdm'];
const ENGINES = ['bing', 'openverse', 'commons', 'flickr'];
const HOSTS = Array.from({ length: 3000 }, (_, index) => `h${index}.images.test`);
export const BUILD_ID = 'm1'.padEnd(16, '0');
export const SPLIT_ID = '5m'.padEnd(16, '0');

export interface MillionProject {
  /** The project file. */
  readonly file: string;
  readonly columns: ImageColumns;
  /** Of the data set. */
  readonly digest: string;
}

/**
 * A project of which only what the studio reads is there: a data set of one shard, its row and that of a split, and the
 * file of columns, with so many images. Its tables have no samples: reading does not need them.
 * @param folder is made
 * @param originals files of the first images, which are there; of all others there is none
 */
export async function writeMillionProject(
  folder: string,
  count: number,
  originals: readonly Uint8Array[] = [],
): Promise<MillionProject> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'million.yaml');
  const classes = CLASSES.map((name) => `{ name: ${name}, queries: [${name}] }`).join(', ');
  writeFileSync(file, `name: ${NAME}\nclasses: [${classes}]\nbuild: { size: ${SIDE} }\n`);
  const config = await loadProject(file, { cwd: folder, env: {} });
  // The database first: beside files of a project, one that is missing is taken for damaged.
  const handle = await openDatabase({ stateDir: config.paths.state, holder: 'npm run bench' });
  try {
    const dir = path.join(config.paths.builds, BUILD_ID);
    mkdirSync(dir, { recursive: true });
    const { manifest, samples } = await writeBuild(dir);
    const columns = drawColumns(count, samples, originals);
    for (const bytes of originals) {
      const blob = blobPath(config.paths.blobs, sha256Of(bytes));
      mkdirSync(path.dirname(blob), { recursive: true });
      writeFileSync(blob, bytes);
    }
    mkdirSync(path.join(config.paths.state, 'columns'), { recursive: true });
    const columnsFile = path.join(config.paths.state, 'columns', `${BUILD_ID}-${SPLIT_ID}.bin`);
    await writeColumns(columnsFile, columns, `${manifest.digest} ${SPLIT_ID}`);
    const project = { file, columns, digest: manifest.digest };
    await saveProjectRows(handle, project);
    return project;
  } finally {
    await handle.close();
  }
}

/** The rows of the project, its data set and its split, in whichever database. */
export async function saveProjectRows(
  { db, executeSql }: Pick<DatabaseHandle, 'db' | 'executeSql'>,
  { digest: buildDigest, columns: { kind } }: MillionProject,
): Promise<void> {
  await executeSql('insert into projects (name) values ($1) on conflict do nothing', [NAME]);
  const build = { id: BUILD_ID, project: NAME, digest: buildDigest, inputDigest: 'none', config: {}, counts: {} };
  await saveBuild(db, { ...build, sampleCount: kind.length }, { samples: [], exclusions: [] });
  const counts = Object.fromEntries(NOISE_KINDS.map((name, at) => [name, kind.filter((one) => one === at).length]));
  const split = { id: SPLIT_ID, project: NAME, buildId: BUILD_ID, method: 'winnow', teacherDigest: 'none' };
  await saveSplit(db, { ...split, config: {}, counts }, []);
}

async function writeBuild(dir: string): ReturnType<typeof writeManifest> {
  const random = new SeededRandom(1);
  const images = await Promise.all(
    Array.from({ length: DRAWN }, async (_, index): Promise<{ record: SampleRecord; bytes: Uint8Array }> => {
      const [red, green, blue] = [random.int(256), random.int(256), random.int(256)];
      const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_value, at) => {
        const base = [red, green, blue][at % 3] as number;
        return Math.max(0, Math.min(255, base + random.int(60) - 30));
      });
      const sha256 = digest(index);
      const className = CLASSES[index % CLASSES.length] as string;
      const record: SampleRecord = {
        ...{ key: sampleKey(index), className, label: index % CLASSES.length, width: 640, height: 480, sha256 },
        ...{ pixelSha256: sha256, pdq: '0'.repeat(64), pdqQuality: 100, conflicts: [], copies: 1, provenance: [] },
      };
      return { record, bytes: await encodeJpeg({ width: SIDE, height: SIDE, data }, 80) };
    }),
  );
  const shards = await writeShards({
    ...{ dir, split: 'train', records: images.map(({ record }) => record), bounds: { samples: DRAWN, bytes: 1 << 30 } },
    async *encode(from) {
      for (const { record, bytes } of images.slice(from)) yield { record, extension: 'jpg', bytes };
    },
  });
  return writeManifest(dir, { name: NAME, classes: CLASSES, config: {}, createdBy: 'npm run bench', shards });
}

type Samples = Awaited<ReturnType<typeof writeManifest>>['samples'];

function drawColumns(count: number, samples: Samples, originals: readonly Uint8Array[]): ImageColumns {
  const random = new SeededRandom(2);
  const builder = new ColumnsBuilder(count, CLASSES);
  const pick = <T>(values: readonly T[]): T => values[random.int(values.length)] as T;
  for (let index = 0; index < count; index += 1) {
    const { shard, offset, length } = samples[index % DRAWN] as Samples[number];
    const original = originals[index];
    const sha256 = original === undefined ? digest(index) : sha256Of(original);
    builder.add({
      ...{ sha256, label: random.int(CLASSES.length), shard, offset, length, encoding: 'jpeg' },
      ...{ width: 64 + random.int(2000), height: 64 + random.int(2000), copies: 1 + random.int(4) },
      flags: random.int(5) === 0 ? [pick(IMAGE_FLAGS)] : [],
      licenses: [pick(LICENSES)],
      engines: random.int(10) === 0 ? [pick(ENGINES), pick(ENGINES)] : [pick(ENGINES)],
      hosts: [pick(HOSTS)],
    });
    const shares = [random.next(), random.next(), random.next()];
    const sum = shares.reduce((all, one) => all + one, 0);
    const [clean, closed, open] = shares.map((one) => one / sum) as [number, number, number];
    builder.setVerdict(index, {
      kind: NOISE_KINDS[shares.indexOf(Math.max(...shares))] as NoiseKind,
      ...{ cleanProbability: clean, closedProbability: closed, openProbability: open },
      refinedLabel: random.int(CLASSES.length),
    });
  }
  return builder.finish();
}

function digest(index: number): string {
  return sha256Of(`image ${index}`);
}

export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
