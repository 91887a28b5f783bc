import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { listExclusions, listSamples } from '@winnow/db';
import { createTestDatabase, databasesUnderTest, recordTestCrawl } from '@winnow/db/testing';
import type { Database } from '@winnow/db';
import { encodeJpeg, encodePng, resizeRgb } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { loadManifest, verifyBuild } from '@winnow/shards';
import { blobPath } from '@winnow/store';
import { buildProject } from './build-project';

const IMAGES = 28;
const silent = { update: () => undefined, end: () => undefined };
const io = { log: () => undefined, progress: { start: () => silent }, signal: new AbortController().signal };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Found {
  readonly className: string;
  readonly bytes: Uint8Array;
}

/** Drawn images of several sizes and formats, with a smaller copy of every seventh in another class. */
async function drawCrawl(): Promise<Found[]> {
  const found: Found[] = [];
  for (let index = 0; index < IMAGES; index += 1) {
    const random = new SeededRandom(index);
    const noise = { width: 24, height: 24, data: Uint8Array.from({ length: 1728 }, () => random.int(256)) };
    const image = await resizeRgb(noise, 120 + 8 * (index % 5), 'squash');
    const className = index % 2 === 0 ? 'a' : 'b';
    found.push({ className, bytes: index % 3 === 0 ? await encodePng(image) : await encodeJpeg(image, 90) });
    if (index % 7 !== 0) continue;
    found.push({ className: 'b', bytes: await encodeJpeg(await resizeRgb(image, 100, 'squash'), 75) });
  }
  return found;
}

/** What a build comes to: every file of its folder, and its rows in the index. */
interface Outcome {
  readonly digest: string;
  readonly files: Readonly<Record<string, string>>;
  readonly rows: unknown;
}

describe('the same crawl', () => {
  let folder: string;
  let found: readonly Found[];
  const outcomes: { readonly name: string; readonly outcome: Outcome }[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-same-'));
    found = await drawCrawl();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function configure(project: string, workers: number): Promise<ProjectConfig> {
    const root = path.join(folder, project);
    mkdirSync(root);
    const bounds = `shardSamples: 12, shardBytes: 100000, size: 64, workers: ${workers}`;
    const text = `name: p\nclasses: [{ name: a, queries: [a] }, { name: b, queries: [b] }]\nbuild: { ${bounds} }\n`;
    writeFileSync(path.join(root, 'p.yaml'), text);
    const config = await loadProject('p.yaml', { cwd: root, env: {} });
    for (const { bytes } of found) {
      const file = blobPath(config.paths.blobs, sha256(bytes));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    return config;
  }

  async function buildOn(db: Database, config: ProjectConfig, order: readonly Found[]): Promise<Outcome> {
    const images = order.map(({ className, bytes }) => {
      const [digest, size] = [sha256(bytes), { width: 1, height: 1 }];
      return { className, sha256: digest, sizeBytes: bytes.length, mime: 'image/png', ...size };
    });
    await recordTestCrawl(db, 'p', images);
    const { record, directory } = await buildProject({ config, db, io });
    expect(await verifyBuild(directory, await loadManifest(directory))).toEqual([]);
    const names = readdirSync(directory).sort();
    const files = names.map((name) => [name, sha256(readFileSync(path.join(directory, name)))]);
    const rows = [await listSamples(db, record.id), await listExclusions(db, record.id)];
    return { digest: record.digest, files: Object.fromEntries(files), rows };
  }

  describe.each(databasesUnderTest(process.env))('on $name', ({ name, url, available }) => {
    (available ? it : it.skip)('builds a data set with one worker, and with two', async () => {
      const database = await createTestDatabase(url);
      try {
        for (const workers of [1, 2]) {
          await database.reset();
          const config = await configure(`${name.replace(/\W/g, '')}${workers}`, workers);
          outcomes.push({ name: `${name}, ${workers}`, outcome: await buildOn(database.db, config, found) });
        }
      } finally {
        await database.close();
      }
    });
  });

  it('gives the same bytes, rows and digest every time', () => {
    const [first, ...others] = outcomes;
    expect(others.length).toBeGreaterThan(0);
    const shards = Object.keys(first?.outcome.files ?? {}).filter((name) => name.endsWith('.tar'));
    // Some end at their number of images, some at their size.
    expect(shards.length).toBeGreaterThanOrEqual(3);
    for (const { name, outcome } of others) expect([name, outcome]).toEqual([name, first?.outcome]);
  });
});
