import { rmSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { saveSplit } from '@winnow/db';
import { openNewStudio, openStudio, writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject } from '../spec-support/studio-project';
import { ReadingImages, StudioImages } from './studio-images';

let project: StudioProject;
beforeAll(async () => {
  project = await writeStudioProject();
});
afterAll(() => project.remove());

const columnsFiles = (): string[] => {
  const folder = path.join(project.config.paths.state, 'columns');
  return readdirSync(folder).map((name) => path.join(folder, name));
};

describe('columns of a data set', () => {
  it('are read once, kept in a file, and made again where that is damaged', async () => {
    const first = await openStudio(project);
    const { lists } = await first.context.images.open();
    expect([lists.columns.count, columnsFiles().length]).toEqual([12, 1]);
    await first.close();
    for (const damage of [
      () => undefined,
      () => writeFileSync(columnsFiles()[0] as string, 'no columns'),
      () => rmSync(columnsFiles()[0] as string),
    ]) {
      damage();
      const studio = await openStudio(project);
      const again = await studio.context.images.open();
      expect(again.lists.columns).toEqual(lists.columns);
      await studio.close();
    }
    expect(columnsFiles()).toHaveLength(1);
  });

  it('are refused where the project numbers its classes otherwise by now', async () => {
    const config = { ...project.config, classes: [...project.config.classes].reverse() };
    const studio = await openStudio({ ...project, config });
    await expect(studio.context.images.open()).rejects.toThrow('other classes than the project has now');
    await studio.close();
  });

  it('hold what was decided before the studio was started', async () => {
    const before = await openStudio(project);
    const id = '01a22e28-5d22-7058-99c2-7035f359f5ae';
    const decision = { id, batch: id, sha256: project.digests[4], says: 'class:fox', origin: 'one' };
    const body = { decisions: [decision] };
    expect((await before.ask('/api/decisions', { method: 'POST', body })).status).toBe(200);
    await before.close();
    const studio = await openStudio(project);
    const { lists } = await studio.context.images.open();
    expect([lists.columns.state[4], lists.columns.decided[4]]).toEqual([1, 2]);
    const undo = { batch: id, id: '01a22e28-5d22-7058-99c2-7035f359f5af' };
    await studio.ask('/api/undo', { method: 'POST', body: undo });
    expect(lists.columns.state[4]).toBe(0);
    await studio.close();
  });

  it('are waited for a while, then it is said how far reading is', async () => {
    const studio = await openStudio(project);
    rmSync(columnsFiles()[0] as string);
    const { config, facts, log, signal } = studio.context;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const database: typeof studio.context.database = {
      ...studio.context.database,
      use: async (work) => {
        await gate;
        return studio.context.database.use(work);
      },
    };
    const images = new StudioImages({ config, database, facts, log, signal, patienceMillis: 0 });
    await expect(images.open()).rejects.toThrow(ReadingImages);
    await expect(images.open()).rejects.toThrow(/^Reading 12 images once: \d+ %$/);
    go();
    // Whoever opens it with patience waits for the same reading.
    while ((await images.open().catch(() => null)) === null) await new Promise((resolve) => setImmediate(resolve));
    expect((await images.open()).lists.columns.count).toBe(12);
    await images.close();
    await studio.close();
  });

  it('get decisions that could not be read at first as soon as they can', async () => {
    const studio = await openStudio(project);
    const { images } = studio.context;
    const decided = { sha256: project.digests[2] as string, state: 'decided' as const, decided: 1, people: ['Anna'] };
    const readAll = jest.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue([decided]);
    images.useDecisions({ ...images.decisions, readAll });
    await images.open();
    expect((await images.open()).lists.columns.state[2]).toBe(1);
    expect(readAll).toHaveBeenCalledTimes(2);
    await studio.close();
  });

  it('of a split that is shown, one that a plan draws from and the newest are held at once', async () => {
    const studio = await openStudio(project);
    const { images, database, facts } = studio.context;
    for (const id of ['drawn', 'newest']) {
      const record = { id, project: 'p', buildId: project.buildId, teacherDigest: 't', config: {}, counts: {} };
      await database.use((db) => saveSplit(db, { ...record, method: 'knn' }, []));
    }
    await facts.renew();
    const scopes = [{ s: project.splitId }, { s: 'drawn' }, {}];
    const first = [];
    for (const scope of scopes) first.push((await images.open(scope)).lists);
    expect(new Set(first).size).toBe(3);
    for (const [at, scope] of scopes.entries()) expect((await images.open(scope)).lists).toBe(first[at]);
    await studio.close();
  });

  it('of a data set whose folder is gone are an error that says so, and are looked for again', async () => {
    const studio = await openNewStudio();
    const { project: other } = studio;
    rmSync(path.join(other.config.paths.builds, other.buildId), { recursive: true });
    for (const _attempt of [1, 2]) {
      const answer = await studio.ask('/api/images');
      expect([answer.status, answer.body]).toMatchObject([
        404,
        { error: { code: 'FILE_NOT_FOUND', next: expect.any(String) } },
      ]);
    }
    await studio.close();
  });
});
