import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind, SampleRecord, StudioRole } from '@winnow/contracts';
import { openDatabase, saveBuild, saveSplit } from '@winnow/db';
import { keepDatabaseOpen, recordTestCrawl } from '@winnow/db/testing';
import { encodeJpeg } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { sampleKey, writeManifest, writeShards } from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { assembleStudio } from '../server/assemble-studio';
import type { Studio } from '../server/assemble-studio';
import { loadPageFiles } from '../server/static-page';
import { HELD_OUT, plantCopies, PLANTED, writeLeakedTest } from './planted-copies';

const CLASSES = ['cat', 'dog', 'fox'] as const;

export interface StudioProjectOptions {
  readonly count?: number;
  /** Title of every listing. */
  readonly title?: string;
  /** Bytes that the data set took over as they were, by index of the image. */
  readonly imported?: ReadonlyMap<number, Uint8Array>;
  /** Of the first images copies are planted, and a leak (planted-copies.ts). Needs 15 images. */
  readonly hasCopies?: boolean;
  readonly databaseUrl?: string | undefined;
  /** The project file, in place of one with three classes; only of a project that has nothing yet. */
  readonly projectText?: string;
  /** How far the project is. Default: split. */
  readonly until?: 'nothing' | 'crawl' | 'build' | 'split';
}

/** A project on disk, for specs of the studio. */
export interface StudioProject {
  readonly config: ProjectConfig;
  /** Of its images, in the order of the data set. */
  readonly digests: readonly string[];
  readonly buildId: string;
  readonly splitId: string;
  /** Of planted copies, in their order. */
  readonly copies: readonly string[];
  remove(): void;
}

/** A small project: crawled, built of 16 x 16 squares, and split. Image i is given class i % 3, and of kind i % 3, too. */
export async function writeStudioProject(
  options: StudioProjectOptions = {},
  root = newFolder(),
): Promise<StudioProject> {
  const { until = 'split' } = options;
  const classes = CLASSES.map((name) => `{ name: ${name}, queries: [${name}] }`).join(', ');
  const heldOut = options.hasCopies === true ? `, holdout: [${HELD_OUT}]` : '';
  const ofClasses = `name: p\nclasses: [${classes}]\nbuild: { size: 16${heldOut} }\n`;
  writeFileSync(path.join(root, 'p.yaml'), options.projectText ?? ofClasses);
  const config = await loadProject('p.yaml', { cwd: root, env: { DATABASE_URL: options.databaseUrl } });
  const { images, copies, exclusions } = await drawProject(root, options);
  const project: StudioProject = {
    config,
    digests: images.map(({ record }) => record.sha256),
    buildId: 'b1ld'.padEnd(16, '0'),
    splitId: '5p17'.padEnd(16, '0'),
    copies: copies.map(({ record }) => record.sha256),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  if (until === 'nothing') return project;
  const handle = await openDatabase({ url: options.databaseUrl, stateDir: config.paths.state, holder: 'a spec' });
  try {
    const crawled = [...images, ...copies];
    for (const { record, original } of crawled) {
      const file = blobPath(config.paths.blobs, record.sha256);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, original);
    }
    await recordTestCrawl(
      handle.db,
      config.name,
      crawled.map(({ record: { className, sha256, width, height }, original }) => {
        return { className, sha256, sizeBytes: original.length, mime: 'image/jpeg', width, height };
      }),
    );
    if (options.title !== undefined) await handle.executeSql('update hits set title = $1', [options.title]);
    if (until === 'crawl') return project;
    await saveSampleBuild(project, images, handle.db, exclusions);
    if (until === 'split') await saveSampleSplit(project, handle.db);
    return project;
  } finally {
    await handle.close();
  }
}

const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'winnow-studio-'));

interface DrawnImage {
  readonly record: SampleRecord;
  readonly original: Uint8Array;
  /** What the shard holds. */
  readonly bytes: Uint8Array;
}

/** The images of a project, and what its build left out. */
async function drawProject(root: string, options: StudioProjectOptions) {
  const { count = 12, hasCopies = false } = options;
  const draw = (from: number, length: number) =>
    Promise.all(Array.from({ length }, (_, index) => drawImage(from + index, options)));
  const drawn = await draw(0, count);
  if (!hasCopies) return { images: drawn, copies: [], exclusions: [] };
  const { samples, copies, rows } = plantCopies(drawn, await draw(count, PLANTED));
  // Another image: one with its bytes is a leak whatever anybody says.
  writeLeakedTest(root, copies.at(-2)?.original as Uint8Array);
  const images = drawn.map((image, index) => ({ ...image, record: samples[index] ?? image.record }));
  return { images, copies, exclusions: rows };
}

async function drawImage(index: number, { title = 'a title', imported }: StudioProjectOptions): Promise<DrawnImage> {
  const random = new SeededRandom(index + 1);
  const draw = (side: number) =>
    encodeJpeg(
      { width: side, height: side, data: Uint8Array.from({ length: side * side * 3 }, () => random.int(256)) },
      80,
    );
  const original = imported?.get(index) ?? (await draw(80));
  const sha256 = createHash('sha256').update(original).digest('hex');
  const className = CLASSES[index % 3] as string;
  const record: SampleRecord = {
    ...{ key: sampleKey(index), className, label: index % 3, width: 80, height: 60 + index, sha256 },
    ...{ pixelSha256: sha256, pdq: '0'.repeat(64), pdqQuality: 100, conflicts: [], copies: 1 + (index % 2) },
    ...(index % 4 === 0 && { flags: ['blurry' as const] }),
    ...(imported?.has(index) === true && { unchanged: true as const }),
    provenance: [
      {
        ...{
          engine: index % 2 === 0 ? 'openverse' : 'bing',
          query: className,
          className,
          page: 1,
          rank: index + 1,
          title,
        },
        ...{
          imageUrl: `http://h${index % 5}.images.test/${index}.jpg`,
          pageUrl: null,
          licenseUrl: null,
          creator: null,
        },
        license: index % 3 === 0 ? 'CC BY 4.0' : null,
      },
    ],
  };
  return { record, original, bytes: imported?.get(index) ?? (await draw(16)) };
}

type Db = Parameters<typeof saveBuild>[0];

async function saveSampleBuild(
  { config, buildId }: StudioProject,
  images: readonly DrawnImage[],
  db: Db,
  exclusions: Parameters<typeof saveBuild>[2]['exclusions'],
): Promise<void> {
  const dir = path.join(config.paths.builds, buildId);
  mkdirSync(dir, { recursive: true });
  const records = images.map(({ record }) => record);
  const shards = await writeShards({
    ...{ dir, split: 'train', records, bounds: { samples: 1000, bytes: 1 << 30 } },
    async *encode(from) {
      for (const { record, bytes } of images.slice(from)) yield { record, extension: 'jpg', bytes };
    },
  });
  const description = { name: 'p', classes: CLASSES, config: {}, createdBy: 'a spec', shards };
  const { manifest, samples } = await writeManifest(dir, description);
  await saveBuild(
    db,
    {
      ...{ id: buildId, project: config.name, digest: manifest.digest, inputDigest: 'i', config: {}, counts: {} },
      sampleCount: samples.length,
    },
    {
      samples: samples.map((sample, position) => {
        const { key, shard, offset, length, sha256, className, label, conflicts, copies } = sample;
        return { key, position, shard, offset, length, sha256, className, label, conflicts, copies };
      }),
      exclusions,
    },
  );
}

async function saveSampleSplit({ config, buildId, splitId, digests }: StudioProject, db: Db): Promise<void> {
  const kinds = digests.map((_, index) => NOISE_KINDS[index % 3] as NoiseKind);
  const counts = Object.fromEntries(NOISE_KINDS.map((kind) => [kind, kinds.filter((one) => one === kind).length]));
  const record = {
    id: splitId,
    project: config.name,
    buildId,
    method: 'winnow',
    teacherDigest: 't',
    config: {},
    counts,
  };
  const rows = kinds.map((kind, index) => {
    const sure = 0.4 + (0.5 * index) / kinds.length;
    const of = (one: NoiseKind): number => (one === kind ? sure : (1 - sure) / 2);
    return {
      ...{ key: sampleKey(index), kind, refinedLabel: (index + 1) % 3, score: 0 },
      ...{ cleanProbability: of('clean'), closedProbability: of('closed'), openProbability: of('open') },
    };
  });
  await saveSplit(db, record, rows);
}

/** A studio of a project, and a key to it. */
export interface StudioUnderTest extends Studio {
  readonly server: FastifyInstance;
  readonly project: StudioProject;
  /** Sends requests without a socket, with the key. */
  ask(
    url: string,
    more?: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: unknown; key?: string },
  ): Promise<Answer>;
  keyOf(name: string, role: StudioRole): Promise<string>;
  readonly key: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Puts a project's studio together for a spec; `close` it. */
export async function openStudio(project: StudioProject, isReadOnly = false): Promise<StudioUnderTest> {
  const { config } = project;
  const io = { log: () => undefined, signal: new AbortController().signal };
  const parts = {
    config,
    projectFile: 'p.yaml',
    page: await loadPageFiles(path.join(config.paths.root, 'no-page')),
    isReadOnly,
  };
  const studio = assembleStudio(parts, io);
  // For specs of what holds for every route.
  studio.server.post('/api/spec-echo', (request) => ({ body: request.body }));
  studio.server.post('/api/spec-decide', { config: { isForReviewers: true } }, (request) => ({ body: request.body }));
  const { keys, now } = studio.context;
  const key = await keys.make('Anna', 'owner', now());
  return {
    ...studio,
    project,
    key,
    keyOf: (name, role) => keys.make(name, role, now()),
    async ask(url, { method = 'GET', body, key: other = key } = {}) {
      const headers = {
        authorization: `Bearer ${other}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const response = await studio.server.inject({
        ...{ url, method, headers },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      });
      const isJson = String(response.headers['content-type']).startsWith('application/json');
      return {
        status: response.statusCode,
        body: isJson ? response.json() : response.body,
        bytes: response.rawPayload,
        headers: response.headers,
      };
    },
  };
}

/** A new project and its studio, on one start of the embedded database; `close` it, and the project is gone, too. */
export async function openNewStudio(options: StudioProjectOptions = {}): Promise<StudioUnderTest> {
  const root = newFolder();
  const closeDatabase = keepDatabaseOpen(path.join(root, '.winnow'));
  const project = await writeStudioProject(options, root);
  const studio = await openStudio(project);
  const close = async (): Promise<void> => {
    await studio.close();
    await closeDatabase();
    project.remove();
  };
  return { ...studio, close };
}
