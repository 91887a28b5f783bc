import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { listExclusions, resolveBuildId, saveEmbeddings } from '@winnow/db';
import { createTestDatabase } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { loadManifest } from '@winnow/shards';
import { buildProject } from './build-project';
import type { BuildResult } from './build-project';
import { describeBuilt } from './describe-built';
import { cutImage, drawImages, storeImages, writeProject } from '../spec-support/drawn-project';
import type { DrawnImage } from '../spec-support/drawn-project';

const silent = { update: () => undefined, end: () => undefined };
const io = { log: () => undefined, progress: { start: () => silent }, signal: new AbortController().signal };

describe('a build of a part', () => {
  let database: TestDatabase;
  let folder: string;
  let config: ProjectConfig;
  let images: readonly DrawnImage[];
  beforeAll(async () => {
    database = await createTestDatabase();
    images = await drawImages(6);
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-subset-'));
    config = await writeProject(folder);
    await storeImages(database.db, config, images);
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const build = (changes: Partial<ProjectConfig['build']> = {}, more: Partial<ProjectConfig> = {}) =>
    buildProject({ config: { ...config, ...more, build: { ...config.build, ...changes } }, db: database.db, io });
  const left = async ({ record }: BuildResult) =>
    (await listExclusions(database.db, record.id)).map(({ sha256, outcome, detail }) => [sha256, outcome, detail]);
  const put = (file: string, image: DrawnImage | undefined): string => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), image?.bytes ?? '');
    return path.join(folder, file);
  };

  it('keeps labels, records what was asked for, and is the same with any number of workers', async () => {
    const whole = await build();
    const part = await build({ classes: ['b'], where: 'width >= 140 and class = b', workers: 1 });
    expect(part.plan.samples.map(({ className, label }) => [className, label])).toEqual(Array(3).fill(['b', 1]));
    expect(part.record.id).not.toBe(whole.record.id);
    expect((await loadManifest(part.directory)).manifest).toMatchObject({
      classes: ['a', 'b'],
      config: { build: { classes: ['b'], where: 'width >= 140 and class = b' } },
    });
    expect(await left(part)).toHaveLength(3);
    const again = await build({ classes: ['b'], where: 'width >= 140 and class = b', workers: 2 });
    expect(again).toMatchObject({ reused: true, record: { id: part.record.id } });
    expect(
      describeBuilt(part, { config: { ...config, build: { ...config.build, classes: ['b'] } }, quality: null }),
    ).toEqual([
      `Built: 3 images of 6 originals, build ${part.record.id}.`,
      'Left out or folded: excluded 3.',
      'Flagged and kept: blurry 3.',
      '1 of 2 classes; a label stays the place in the full class list.',
      `3 images were taken from an earlier build.`,
      `Shards: ${part.directory}`,
    ]);
  });

  it('refuses what it does not understand before any work', async () => {
    for (const [changes, where] of [
      [{ classes: ['c'] }, 'build.classes'],
      [{ where: 'width >' }, 'build.where, character 8'],
      [{ where: 'class = nope' }, 'build.where, character 9'],
      [{ where: 'class in (a, nope)' }, 'build.where, character 14'],
      [{ exclude: ['host:'] }, 'build.exclude'],
      [{ holdout: [' '] }, 'build.holdout, or --holdout'],
      [{ exclude: ['cluster:ffffffffff'] }, 'build.exclude'],
    ] as const) {
      await expect(build(changes)).rejects.toMatchObject({ code: 'CONFIG_INVALID', where });
    }
  });

  it('leaves out what URLs last came to', async () => {
    const [first] = images;
    const gone = (outcome: string) =>
      database.executeSql(`update fetches set outcome = '${outcome}' where sha256 = '${first?.sha256 ?? ''}'`);
    await gone('gone');
    const result = await build({ exclude: ['outcome:gone'] });
    expect(await left(result)).toEqual([[first?.sha256, 'excluded', 'outcome:gone']]);
    await gone('stored');
    expect((await build({ exclude: ['outcome:gone'] })).plan.exclusions).toEqual([]);
  });

  it('checks all held-out sources, says which leaked, and does not depend on where they lie', async () => {
    put('test/a/one.png', images[0]);
    put('more/b/two.png', images[1]);
    put('other/b/two.png', images[1]);
    const test = { evaluate: { ...config.evaluate, test: 'test' } };
    const result = await build({ holdout: [path.join(folder, 'more'), 'test'] }, test);
    expect(result.leaks).toEqual([
      { place: 'test', leaks: 1 },
      { place: path.join(folder, 'more'), leaks: 1 },
    ]);
    expect((await left(result)).map(([sha256, , detail]) => [sha256, String(detail).split(',')[0]]).sort()).toEqual(
      [
        [images[0]?.sha256, 'copy of the test picture test:a/one.png'],
        [images[1]?.sha256, 'copy of the test picture holdout1:b/two.png'],
      ].sort(),
    );
    const moved = await build({ holdout: ['other'] }, test);
    expect(moved).toMatchObject({ reused: true, record: { id: result.record.id } });
    expect(JSON.stringify(result.record.config)).not.toContain(folder);
    expect(result.record.config).toMatchObject({
      leakCheck: { pictures: 2, sources: [{ label: 'test' }, { label: 'holdout1', pictures: 1 }] },
    });
    // One source is recorded as ever, wherever it is named.
    const alone = await build({ holdout: ['more'] });
    expect(alone.record.config).toMatchObject({ leakCheck: { pictures: 1 } });
    expect((await left(alone))[0]?.[2]).toContain('copy of the test picture b/two.png');
  });

  it('drops what screens are told to drop', async () => {
    const setSide = (side: number) =>
      database.executeSql(`update images set width = ${side}, height = ${side} where sha256 = '${images[0]?.sha256}'`);
    await setSide(250);
    const dropped = await build({ screens: { ...config.build.screens, side: 200, drop: ['small'] } });
    expect(dropped.plan.counts).toMatchObject({ samples: 1, outcomes: { screened: 5 } });
    await setSide(140);
    const kept = await build({ screens: { ...config.build.screens, side: 200 } });
    expect(kept.plan.counts.flags).toMatchObject({ small: 6 });
    expect((await loadManifest(kept.directory)).samples[0]?.flags).toContain('small');
  });

  it('refuses to build nothing, and leaves the current build', async () => {
    const current = await build();
    const folders = readdirSync(config.paths.builds);
    const screens = { ...config.build.screens, side: 200, drop: ['small' as const] };
    await expect(build({ screens, where: 'width > 9' })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      message: 'No image is left of 6 originals: screened 6',
      where: 'build.where: width > 9, build.screens.drop: small',
    });
    expect(readdirSync(config.paths.builds)).toEqual(folders);
    expect(await resolveBuildId(database.db, config.name, 'current')).toBe(current.record.id);
  });

  it('says which cluster left nothing out', async () => {
    const lines: string[] = [];
    const [first, second] = images.map(({ sha256 }) => `cluster:${sha256.slice(0, 8)}`) as [string, string];
    await buildProject({
      config: { ...config, build: { ...config.build, classes: ['b'], exclude: [first, second] } },
      db: database.db,
      io: { ...io, log: (line: string) => void lines.push(line) },
    });
    expect(lines.filter((line) => line.startsWith('cluster:'))).toEqual([
      `${first} left nothing out: its image was left out before, or is of no class of the project.`,
    ]);
  });
});

it('compares embeddings where it is told to, asks for those that are missing, and lets pixels decide', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-similar-'));
  const database = await createTestDatabase();
  try {
    const images = await drawImages(6);
    const cut = await cutImage(images[0] as DrawnImage);
    const config = await writeProject(folder);
    await storeImages(database.db, config, [...images, cut]);
    const build = (changes: Partial<ProjectConfig['build']>) =>
      buildProject({ config: { ...config, build: { ...config.build, ...changes } }, db: database.db, io });
    const dedupe = { ...config.build.dedupe, similarity: 0.9 };
    await expect(build({ dedupe })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      next: expect.stringContaining('winnow embed') as string,
    });
    const axis = (index: number) => Float32Array.from({ length: 8 }, (_, at) => Number(at === index));
    // To this network the first two images and the cut one look alike; only the cut one is a copy.
    const rows = [...images, cut].map(({ sha256 }, index) => ({
      sha256,
      values: axis([0, 0, 2, 3, 4, 5, 0][index] ?? 7),
    }));
    await saveEmbeddings(database.db, 'network-1', rows.slice(1));
    await expect(build({ dedupe })).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      message: '1 originals have no embeddings yet',
    });
    await saveEmbeddings(database.db, 'network-1', rows);
    const result = await build({ dedupe });
    expect(result.plan.counts).toMatchObject({ samples: 6, outcomes: { duplicate_similar: 1 }, conflicts: 1 });
    const [copy] = await listExclusions(database.db, result.record.id);
    expect([images[0]?.sha256, cut.sha256]).toContain(copy?.sha256);
    expect(copy?.detail).toBe('cosine 1.00');
    expect(result.record.config).toMatchObject({ embeddings: 'network-1' });
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
