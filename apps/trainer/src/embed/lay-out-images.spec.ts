import path from 'node:path';
import { layoutFile, readLayout } from '@winnow/columns';
import { loadProject } from '@winnow/config';
import { databaseAccess, saveEmbeddings } from '@winnow/db';
import type { DatabaseAccess } from '@winnow/db';
import { SeededRandom } from '@winnow/random';
import { tinyWorld } from '@winnow/testing';
import type { OpenProject } from '../open-project';
import { projectUnderTest } from '../spec-support/project-under-test';
import type { ProjectUnderTest } from '../spec-support/project-under-test';
import { layOutImages } from './lay-out-images';

const PER_CLASS = 30;
const COUNT = 2 * PER_CLASS;
/** The last image of the data set, of which the network says nothing. */
const UNSEEN = COUNT - 1;

let tested: ProjectUnderTest;
let database: DatabaseAccess;
let project: OpenProject;
let labels: Int32Array;

beforeAll(async () => {
  const { train, test } = tinyWorld({ seed: 3, classes: 2, perClass: PER_CLASS, size: 16, testPerClass: 1 });
  labels = train.labels;
  tested = await projectUnderTest({ train, test, trueLabels: labels });
  tested.configure('');
  const config = await loadProject('p.yaml', { cwd: tested.folder, env: {} });
  database = databaseAccess(config, { holder: 'a spec', create: false }, tested.io);
  project = { file: 'p.yaml', config, withDatabase: (query) => database.use(query), io: tested.io };
  const random = new SeededRandom('features');
  const rows = Array.from({ length: COUNT }, (_, row) => ({
    sha256: String(row).padStart(64, '0'),
    values: Float32Array.from({ length: 8 }, (_unused, d) => random.normal() * 0.3 + (d % 2 === labels[row] ? 2 : 0)),
  }));
  await database.use(async (db) => {
    for (const { sha256 } of rows)
      await db.execute(
        `insert into images (sha256, size_bytes, mime, width, height) values ('${sha256}', 1, 'image/png', 1, 1)`,
      );
    await saveEmbeddings(db, 'a network', rows.slice(0, UNSEEN));
  });
});
afterAll(async () => {
  await database.close();
  await tested.remove();
});

const stored = () => readLayout(layoutFile(project.config.paths.state, 'one'), 'one');

describe('a layout of a data set', () => {
  it('puts images beside those that they are like, the same again, and none where nothing was seen', async () => {
    const result = await layOutImages(project, { network: 'a network', landmarks: 40 });
    const first = await stored();
    if (first === null) throw new Error('nothing was stored');
    const isLandmark = first.landmarks;
    expect([39, 40]).toContain(isLandmark);
    expect(result).toEqual({ build: 'one', images: COUNT, placed: UNSEEN, interpolated: UNSEEN - isLandmark });
    expect([first.count, first.network]).toEqual([COUNT, 'a network']);
    const rows = Array.from({ length: COUNT }, (_, row) => row);
    expect(rows.filter((row) => Number.isNaN(first.xs[row]) || Number.isNaN(first.ys[row]))).toEqual([UNSEEN]);
    const seen = rows.slice(0, UNSEEN);
    for (const side of [first.xs, first.ys]) {
      expect(Math.min(...side.subarray(0, UNSEEN))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...side.subarray(0, UNSEEN))).toBeLessThanOrEqual(1);
    }
    const distance = (a: number, b: number) => Math.hypot(first.xs[a]! - first.xs[b]!, first.ys[a]! - first.ys[b]!);
    const alone = seen.filter((row) => {
      const [nearest = 0] = seen.filter((other) => other !== row).sort((a, b) => distance(row, a) - distance(row, b));
      return labels[nearest] !== labels[row];
    });
    expect(alone.length).toBeLessThan(4);
    await layOutImages(project, { network: 'a network', landmarks: 40 });
    expect(await stored()).toEqual(first);
  });

  it('needs no landmark more than there are images', async () => {
    expect(await layOutImages(project, { network: 'a network' })).toMatchObject({ placed: UNSEEN, interpolated: 0 });
  });

  it('says what comes first where nothing was seen, and leaves what was stored when it is stopped', async () => {
    const before = await stored();
    await expect(layOutImages(project, { network: 'another' })).rejects.toMatchObject({ code: 'MISSING_INPUT' });
    const stopping = new AbortController();
    const io = { ...tested.io, signal: stopping.signal };
    stopping.abort();
    const stopped = layOutImages({ ...project, io }, { network: 'a network' });
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await stored()).toEqual(before);
    expect(path.basename(layoutFile('state', 'one'))).toBe('one.bin');
  });
});
