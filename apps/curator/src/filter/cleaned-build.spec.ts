import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestDecisions } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { SPLIT_REVISIONS } from '@winnow/contracts';
import { latestBuild, listExclusions, listSamples, saveSplit, storeDecisions } from '@winnow/db';
import { createTestDatabase } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { recordTeacherFile } from '@winnow/runs';
import { loadManifest } from '@winnow/shards';
import { buildProject } from '../build/build-project';
import type { BuildResult } from '../build/build-project';
import { describeBuilt } from '../build/describe-built';
import { drawImages, storeImages, writeProject } from '../spec-support/drawn-project';
import type { DrawnImage } from '../spec-support/drawn-project';
import { loadBaseSplit } from './base-split';

const silent = { update: () => undefined, end: () => undefined };
const logged: string[] = [];
const io = {
  log: (line: string) => void logged.push(line),
  progress: { start: () => silent },
  signal: new AbortController().signal,
};
const revision = SPLIT_REVISIONS.winnow;
/** Of the images in turn of class a and b; refined to the other one. */
const KINDS = ['clean', 'closed', 'open', 'clean', 'closed', 'clean'] as const;

describe('a cleaned data set', () => {
  let database: TestDatabase;
  let folder: string;
  let config: ProjectConfig;
  let images: readonly DrawnImage[];
  let whole: BuildResult;

  const build = (changes: Partial<ProjectConfig['build']> = {}, split: Partial<ProjectConfig['split']> = {}) =>
    buildProject({
      config: { ...config, build: { ...config.build, ...changes }, split: { ...config.split, ...split } },
      db: database.db,
      io,
    });
  const digestOf = (index: number): string => (images[index] as DrawnImage).sha256;
  /** Class of each image that is in a build, by its place among the drawn ones. */
  const classesOf = ({ plan }: BuildResult): Record<number, string> =>
    Object.fromEntries(plan.samples.map(({ sha256, className }) => [locationOf(sha256), className]).sort());
  const locationOf = (sha256: string): number => {
    const location = images.findIndex((image) => image.sha256 === sha256);
    // The copy of the first image may stand for it.
    return location === 6 ? 0 : location;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const drawn = await drawImages(6);
    // The same pixels in another file, under the same class.
    const bytes = Buffer.concat([(drawn[0] as DrawnImage).bytes, Buffer.alloc(1)]);
    images = [...drawn, { className: 'a', bytes, sha256: createHash('sha256').update(bytes).digest('hex') }];
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-cleaned-'));
    config = await writeProject(folder);
    await storeImages(database.db, config, images);
    whole = await build();
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('needs a split', async () => {
    for (const changes of [{ where: 'kind = clean' }, { labels: 'refined' }] as const) {
      await expect(build(changes)).rejects.toMatchObject({
        code: 'MISSING_INPUT',
        next: expect.stringContaining('split'),
      });
    }
    const samples = await listSamples(database.db, whole.record.id);
    const rows = samples.map(({ key, sha256, label }) => {
      const kind = KINDS[locationOf(sha256)] as (typeof KINDS)[number];
      const probability = (name: string): number => (name === kind ? 0.8 : 0.1);
      return {
        ...{ key, kind, refinedLabel: 1 - label, score: 0 },
        cleanProbability: probability('clean'),
        closedProbability: probability('closed'),
        openProbability: probability('open'),
      };
    });
    const split = { id: 's1', project: 'p', buildId: whole.record.id, method: 'winnow', teacherDigest: 't' };
    await saveSplit(database.db, { ...split, config: { revision }, counts: {} }, rows);
  });

  it('holds the images of a kind, with the split in its settings, its digest and its card', async () => {
    const clean = await build({ where: 'kind = clean' });
    expect(classesOf(clean)).toEqual({ 0: 'a', 3: 'b', 5: 'b' });
    expect(clean.plan.samples.map(({ copies }) => copies).sort()).toEqual([1, 1, 2]);
    const { manifest } = await loadManifest(clean.directory);
    expect(manifest.config).toMatchObject({
      build: { where: 'kind = clean' },
      split: { id: 's1', method: 'winnow', build: whole.record.id },
    });
    expect(readFileSync(path.join(clean.directory, 'README.md'), 'utf8')).toContain('cleaned by the split s1 (winnow)');
    const left = await listExclusions(database.db, clean.record.id);
    expect(left.filter(({ detail }) => detail === 'build.where does not hold')).toHaveLength(3);
    // It is the current one now, and the split of the whole is read again.
    expect((await latestBuild(database.db, 'p'))?.id).toBe(clean.record.id);
    expect(await build({ where: 'kind = clean' })).toMatchObject({ reused: true, record: { id: clean.record.id } });
    expect(classesOf(await build({ where: 'pOpen < .5' }))).toEqual({ 0: 'a', 1: 'b', 3: 'b', 4: 'a', 5: 'b' });
  });

  it('takes the labels of the split for closed ones, and keeps the given ones beside', async () => {
    const refined = await build({ where: 'kind in (clean, closed)', labels: 'refined' });
    expect(classesOf(refined)).toEqual({ 0: 'a', 1: 'a', 3: 'b', 4: 'b', 5: 'b' });
    const changed = refined.plan.samples.filter(({ givenClass }) => givenClass !== undefined);
    expect(changed.map(({ className, givenClass, label }) => [className, givenClass, label]).sort()).toEqual([
      ['a', 'b', 0],
      ['b', 'a', 1],
    ]);
    // Each was found under one class alone.
    expect(changed.map(({ conflicts }) => conflicts)).toEqual([[], []]);
    expect(refined.plan.counts.conflicts).toBe(0);
    const card = readFileSync(path.join(refined.directory, 'README.md'), 'utf8');
    expect(card).toContain('labels: refined; 2 are not those under which images were collected');
    expect(card).toContain('givenClass');
    expect(describeBuilt(refined, { config, quality: null })).toContain(
      'Labels: refined; 2 are not the given ones (givenClass).',
    );
    expect(readFileSync(path.join(whole.directory, 'README.md'), 'utf8')).not.toContain('givenClass');
  });

  it('takes decided labels, leaves out what is decided to be open, and lets a decision win over the split', async () => {
    const corrections = path.join(folder, 'decided.csv');
    const lines = [
      `${digestOf(1)},a`,
      `${digestOf(2)},open`,
      `${digestOf(3)},?`,
      `${digestOf(4)},a`,
      `${digestOf(5)},kite`,
      'http://gone.test/,a',
    ];
    writeFileSync(corrections, `picture,class\n${lines.join('\n')}\n`);
    logged.length = 0;
    const decided = await build({ labels: 'decided' }, { corrections });
    expect(logged).toEqual([
      `Corrections that name no image of this build: "http://gone.test/" (line 7).`,
      '1 correction names a class that the project does not have ("kite" 1; the first in line 6): passed over.',
    ]);
    expect(classesOf(decided)).toEqual({ 0: 'a', 1: 'a', 3: 'b', 4: 'a', 5: 'b' });
    expect(decided.plan.exclusions.map(({ sha256, detail }) => [sha256, detail])).toContainEqual([
      digestOf(2),
      'decided to be open',
    ]);
    const both = await build({ labels: 'refined' }, { corrections });
    expect(classesOf(both)).toEqual({ 0: 'a', 1: 'a', 3: 'b', 4: 'a', 5: 'b' });
    expect(both.record.id).not.toBe(decided.record.id);
    writeFileSync(corrections, `picture,class\n${digestOf(1)},a\n`);
    expect((await build({ labels: 'decided' }, { corrections })).record.id).not.toBe(decided.record.id);
    await expect(build({ labels: 'decided' })).rejects.toMatchObject({ where: 'build.labels: decided' });
  });

  it('applies a decision on a folded file to what stands for it, unless that has one of its own', async () => {
    const { sha256: folded, keptSha256: kept } = (await listExclusions(database.db, whole.record.id)).find(
      ({ keptSha256 }) => keptSha256 !== null,
    ) as { sha256: string; keptSha256: string };
    const corrections = path.join(folder, 'folded.csv');
    writeFileSync(corrections, `picture,class\n${folded},b\n`);
    expect(classesOf(await build({ labels: 'decided' }, { corrections }))[0]).toBe('b');
    writeFileSync(corrections, `picture,class\n${folded},b\n${kept},a\n`);
    logged.length = 0;
    expect(classesOf(await build({ labels: 'decided' }, { corrections }))[0]).toBe('a');
    expect(logged.join(' ')).toContain('line 2 (line 3 holds)');
  });

  it('leaves out the copies of what is left out, under the same reason', async () => {
    const copies = [digestOf(0), digestOf(6)];
    const corrections = path.join(folder, 'open.csv');
    writeFileSync(corrections, `picture,class\n${copies[0]},open\n`);
    const { plan } = await build({ labels: 'decided' }, { corrections });
    const rows = plan.exclusions.filter(({ sha256 }) => copies.includes(sha256));
    expect(rows.map(({ sha256 }) => sha256).sort()).toEqual(copies.sort());
    expect(rows.map(({ outcome, detail, keptSha256 }) => [outcome, detail, keptSha256])).toEqual(
      copies.map(() => ['excluded', 'decided to be open', null]),
    );
    const held = new Set(plan.samples.map(({ sha256 }) => sha256));
    for (const { keptSha256 } of plan.exclusions) expect(keptSha256 === null || held.has(keptSha256)).toBe(true);
  });

  it('knows a refined class of closed images alone', async () => {
    expect(classesOf(await build({ where: 'refined in (a, b)' }))).toEqual({ 1: 'b', 4: 'a' });
    expect(classesOf(await build({ where: 'refined = a' }))).toEqual({ 1: 'b' });
    expect(classesOf(await build({ where: 'refined != a' }))).toEqual({ 0: 'a', 2: 'a', 3: 'b', 4: 'a', 5: 'b' });
  });

  it('says that the split is older than the corrections or the images', async () => {
    const corrections = path.join(folder, 'since.csv');
    writeFileSync(corrections, `picture,class\n${digestOf(1)},a\n`);
    logged.length = 0;
    await build({ labels: 'refined' });
    expect(logged).toEqual([]);
    await build({ labels: 'refined' }, { corrections });
    expect(logged).toMatchObject([expect.stringContaining('s1 is out of date: it was made without corrections')]);
    expect(logged[0]).toMatch(/Run `winnow build .*p\.yaml` without .*, then `winnow split .*p\.yaml`/);

    const samples = await listSamples(database.db, whole.record.id);
    const { key } = samples.find(({ sha256 }) => sha256 === digestOf(1)) as { key: string };
    const rows = samples.map((sample) => ({
      ...{ key: sample.key, kind: 'clean' as const, refinedLabel: sample.label, score: 0 },
      ...{ cleanProbability: 1, closedProbability: 0, openProbability: 0 },
    }));
    const split = { project: 'p', buildId: whole.record.id, method: 'winnow', teacherDigest: 't', counts: {} };
    const digest = digestDecisions([[key, 0]]);
    await saveSplit(database.db, { ...split, id: 's2', config: { revision, corrections: { count: 1, digest } } }, rows);
    logged.length = 0;
    expect((await build({ labels: 'refined' }, { corrections })).record.config).toMatchObject({ split: { id: 's2' } });
    expect(logged).toEqual([]);
    // Without corrections it is the earlier one that fits.
    expect((await build({ labels: 'refined' })).record.config).toMatchObject({ split: { id: 's1' } });
    writeFileSync(corrections, `picture,class\n${digestOf(1)},open\n`);
    await build({ where: 'kind = clean' }, { corrections });
    expect(logged).toMatchObject([expect.stringContaining('s2 is out of date: it was made with other corrections')]);

    const { originals } = whole;
    const since = { ...(originals[0] as (typeof originals)[number]), sha256: '0'.repeat(64) };
    const { remarks } = await loadBaseSplit(database.db, config, {
      decisions: { file: '', rows: [] },
      originals: [...originals, since],
    });
    expect(remarks).toMatchObject([expect.stringContaining('1 original is newer than the data set of the split s1')]);

    const weights = path.join(folder, 'teacher.safetensors');
    writeFileSync(weights, 'one network');
    await recordTeacherFile(config.paths.state, split.teacherDigest, weights);
    const circumstances = { decisions: { file: '', rows: [] }, originals };
    const taught = { ...config, teacher: { weights } as ProjectConfig['teacher'] };
    expect((await loadBaseSplit(database.db, taught, circumstances)).remarks).toEqual([]);
    writeFileSync(weights, 'another one');
    expect((await loadBaseSplit(database.db, taught, circumstances)).remarks).toMatchObject([
      expect.stringContaining(
        's1 is out of date: it was made by another teacher than teacher.weights is now. Run `winnow',
      ),
    ]);

    const earlier = { ...split, id: 's3', method: 'knn', config: { revision: SPLIT_REVISIONS.knn - 1 } };
    await saveSplit(database.db, earlier, rows);
    logged.length = 0;
    await build({ labels: 'refined' }, { method: 'knn' });
    expect(logged).toMatchObject([expect.stringContaining('s3 is out of date: knn splits otherwise since an update')]);
  });

  it('holds what people decided on, with the copies of it, and does not count as one to be split', async () => {
    const { sha256: folded, keptSha256: kept } = (await listExclusions(database.db, whole.record.id)).find(
      ({ keptSha256 }) => keptSha256 !== null,
    ) as { sha256: string; keptSha256: string };
    const says = async (person: string, lines: readonly (readonly [string, string])[]) => {
      const author = { project: 'p', person, at: new Date(0) };
      const decisions = lines.map(([sha256, said]) => {
        const id = randomUUID();
        return { id, batch: id, sha256, says: said, origin: 'one' as const };
      });
      await storeDecisions(database.db, author, decisions);
    };
    await says('Anna', [
      [folded, 'class:a'],
      [digestOf(1), 'class:a'],
      [digestOf(2), 'open'],
      [digestOf(3), 'unsure'],
      [digestOf(4), 'class:a'],
    ]);
    await says('Ben', [[digestOf(4), 'class:b']]);
    const decided = await build({ where: 'decided = decided' });
    expect(classesOf(decided)).toEqual({ 0: 'a', 1: 'b', 2: 'a' });
    expect(decided.record.config).toMatchObject({ decisions: true, build: { where: 'decided = decided' } });
    expect(decided.record.config).not.toHaveProperty('split');
    expect(readFileSync(path.join(decided.directory, 'README.md'), 'utf8')).toContain('decided = decided');
    // The copy of an image that is decided stays with it.
    expect(decided.plan.samples.find(({ sha256 }) => sha256 === kept)?.copies).toBe(2);
    expect(classesOf(await build({ where: 'decided = none' }))).toEqual({ 5: 'b' });
    expect(classesOf(await build({ where: 'by = Ben or decided = unsure' }))).toEqual({ 3: 'b', 4: 'a' });
    expect(classesOf(await build({ where: 'decided = decided', labels: 'decided' }))).toEqual({ 0: 'a', 1: 'a' });
    await expect(build({ where: 'decided = decided' }, { decisions: false })).rejects.toThrow();
  });
});
