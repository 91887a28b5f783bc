import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { decisionsSince, forgetImages, latestBuild, listExclusions, storeBatchStep, storeDecisions } from '@winnow/db';
import { createTestDatabase } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import { decodeImage, encodeJpeg } from '@winnow/imaging';
import { readDataset } from '@winnow/shards';
import { buildProject } from './build-project';
import { describeBuilt } from './describe-built';
import { drawImages, storeImages, writeProject } from '../spec-support/drawn-project';
import type { DrawnImage } from '../spec-support/drawn-project';

const silent = { update: () => undefined, end: () => undefined };
const io = {
  log: () => undefined,
  progress: { start: () => silent },
  signal: new AbortController().signal,
};

/** The same image as another file. */
async function again({ className, bytes }: DrawnImage): Promise<DrawnImage> {
  const decoded = await decodeImage(bytes, { maxPixels: 1e6, minSide: 1, maxAspectRatio: 9 });
  if (!decoded.ok) throw new Error(decoded.detail);
  const copy = await encodeJpeg(decoded.image, 60);
  return { className, bytes: copy, sha256: createHash('sha256').update(copy).digest('hex') };
}

describe('a build after people decided of its copies', () => {
  let database: TestDatabase;
  let folder: string;
  let config: ProjectConfig;
  const author = { project: 'p', person: 'Anna', at: new Date(0) };
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-told-'));
    config = await writeProject(folder, 'build: { size: 32 }');
    const drawn = await drawImages(12);
    await storeImages(database.db, config, [...drawn, ...(await Promise.all(drawn.map(again)))]);
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const build = async () => {
    const result = await buildProject({ config, db: database.db, io });
    const exclusions = await listExclusions(database.db, result.record.id);
    const pairs = exclusions.flatMap(({ sha256, keptSha256, outcome }) =>
      keptSha256 === null || outcome !== 'duplicate_near' ? [] : [{ kept: keptSha256, copy: sha256 }],
    );
    return { ...result, exclusions, pairs, images: new Set(result.plan.samples.map(({ sha256 }) => sha256)) };
  };
  const say = async (says: string, sha256: string, otherSha256: string | null = null): Promise<string> => {
    const batch = randomUUID();
    const line = { id: randomUUID(), sha256, otherSha256, says, origin: 'one' as const, batch };
    await storeDecisions(database.db, author, [line]);
    return batch;
  };

  it('follows them, each of twelve clusters its own, and goes on following them', async () => {
    const before = await build();
    expect([before.pairs.length, before.images.size, before.plan.told]).toEqual([12, 12, null]);
    const [apart, swapped, confirmed, out] = before.pairs;
    if (!apart || !swapped || !confirmed || !out) throw new Error('no pairs');

    await say('same', confirmed.kept, confirmed.copy);
    expect((await build()).record.id).toBe(before.record.id);

    await say('not-a-copy', apart.copy, apart.kept);
    await say('keep', swapped.copy, swapped.kept);
    const batch = await say('leave-out', out.copy);
    const after = await build();
    expect(after.record.id).not.toBe(before.record.id);
    expect([apart.kept, apart.copy, swapped.copy].map((one) => after.images.has(one))).toEqual([true, true, true]);
    expect([swapped.kept, out.kept, out.copy].map((one) => after.images.has(one))).toEqual([false, false, false]);
    const others = before.pairs.filter((pair) => ![apart, swapped, out].includes(pair));
    expect(after.pairs).toEqual(expect.arrayContaining([...others, { kept: swapped.copy, copy: swapped.kept }]));
    expect(after.pairs).toHaveLength(10);
    expect(after.exclusions.filter(({ outcome }) => outcome === 'left_out')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sha256: out.copy, keptSha256: null, detail: null }),
        expect.objectContaining({ sha256: out.kept, keptSha256: null, detail: `copy of ${out.copy}` }),
      ]),
    );
    const told = { notCopies: 1, kept: 1, leftOut: 2 };
    expect((await readDataset(after.directory)).config).toMatchObject({ told });
    expect(describeBuilt(after, { config, quality: null })).toContain(
      'As people said: 1 pairs are no copies, 1 images kept in place of a better one, 2 left out.',
    );

    const repeated = await build();
    expect([repeated.record.id, repeated.reused]).toEqual([after.record.id, true]);

    await storeBatchStep(database.db, author, { id: randomUUID(), says: 'undo', batch });
    const undone = await build();
    expect([undone.images.has(out.kept), undone.plan.told]).toEqual([true, { notCopies: 1, kept: 1 }]);

    await forgetImages(database.db, 'p', { urls: [], hosts: [], digests: [apart.copy, swapped.copy] });
    const forgotten = await build();
    expect(forgotten.plan.told).toBeNull();
    expect([apart.kept, swapped.kept].map((one) => forgotten.images.has(one))).toEqual([true, true]);
  });

  it('knows which of them it read, also where the data set was there already', async () => {
    const { db } = database;
    const lastOf = async () => (await decisionsSince(db, 'p', { after: 0 })).at(-1)?.seq;
    const first = await build();
    const [read] = [await lastOf()];
    expect((await latestBuild(db, 'p'))?.lastDecision).toBe(read);
    // While it runs somebody says something that it cannot know of.
    let said: Promise<unknown> | undefined;
    const start = () => {
      said ??= say('leave-out', 'f'.repeat(64));
      return silent;
    };
    rmSync(first.directory, { recursive: true });
    await buildProject({ config, db, io: { ...io, progress: { start } } });
    await said;
    expect(await lastOf()).toBeGreaterThan(read as number);
    expect((await latestBuild(db, 'p'))?.lastDecision).toBe(read);
    expect((await build()).record.id).toBe(first.record.id);
    expect((await latestBuild(db, 'p'))?.lastDecision).toBe(await lastOf());
  });
});
