import { existsSync } from 'node:fs';
import path from 'node:path';
import { isProjectKnown, openDatabase } from '@winnow/db';
import { writeStudioProject } from '../spec-support/studio-project';
import { openStudioDatabase } from './studio-database';

const io = { log: () => undefined, signal: new AbortController().signal };

describe('the database of a studio', () => {
  it('is found as soon as a crawl makes it', async () => {
    const project = await writeStudioProject({ until: 'nothing' });
    const { config } = project;
    const database = openStudioDatabase(config, io);
    try {
      expect(await database.use((db) => isProjectKnown(db, 'p'))).toBe(false);
      const crawl = await openDatabase({ stateDir: config.paths.state, holder: 'winnow crawl' });
      await crawl.executeSql("insert into projects (name) values ('p')");
      await crawl.close();
      expect(await database.use((db) => isProjectKnown(db, 'p'))).toBe(true);
    } finally {
      await database.close();
      project.remove();
    }
  });

  it('is one and the same empty one until then', async () => {
    const project = await writeStudioProject({ until: 'nothing' });
    const database = openStudioDatabase(project.config, io);
    const isKnown = () => database.use((db) => isProjectKnown(db, 'q'));
    try {
      await database.use((_db, { executeSql }) => executeSql("insert into projects (name) values ('q')"));
      expect(await Promise.all([isKnown(), isKnown()])).toEqual([true, true]);
      await expect(database.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(await isKnown()).toBe(true);
      expect(existsSync(project.config.paths.state)).toBe(false);
      const crawl = await openDatabase({ stateDir: project.config.paths.state, holder: 'winnow crawl' });
      await crawl.close();
      expect(await isKnown()).toBe(false);
    } finally {
      await database.close();
      project.remove();
    }
  });

  it('lets other commands in while it is open', async () => {
    const project = await writeStudioProject({ until: 'crawl' });
    const { config } = project;
    const database = openStudioDatabase(config, io);
    try {
      expect(await database.use((db) => isProjectKnown(db, 'p'))).toBe(true);
      const command = await openDatabase({ stateDir: config.paths.state, holder: 'winnow build' });
      await command.executeSql("insert into projects (name) values ('q')");
      expect(await database.use((db) => isProjectKnown(db, 'q'))).toBe(true);
      await command.close();
      expect(await database.use((db) => isProjectKnown(db, 'q'))).toBe(true);
    } finally {
      await database.close();
      project.remove();
    }
  });

  it('that cannot be opened is tried again at the next question', async () => {
    const project = await writeStudioProject({ until: 'nothing' });
    const config = { ...project.config, databaseUrl: 'postgres://127.0.0.1:1/none' };
    const database = openStudioDatabase(config, { ...io, signal: AbortSignal.abort() });
    const ask = () => database.use((db) => isProjectKnown(db, 'p'));
    await expect(ask()).rejects.toThrow();
    await expect(ask()).rejects.toThrow();
    await database.close();
    project.remove();
  });

  it('that was closed is not opened again by what was still being read', async () => {
    const project = await writeStudioProject({ until: 'crawl' });
    const { config } = project;
    const database = openStudioDatabase(config, io);
    try {
      const reading = database.use(() => Promise.resolve());
      await Promise.all([reading, database.close()]);
      await expect(database.use((db) => isProjectKnown(db, 'p'))).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(existsSync(path.join(config.paths.state, 'db.lock'))).toBe(false);
    } finally {
      await database.close();
      project.remove();
    }
  });

  it('is away for all who ask from the first answer that does not come until that comes: nothing is begun then', async () => {
    const project = await writeStudioProject({ until: 'crawl' });
    const database = openStudioDatabase(project.config, io);
    try {
      expect(await database.useOnceThere((db) => isProjectKnown(db, 'p'))).toBe(true);
      let answer: () => void = () => undefined;
      const late = new Promise<void>((resolve) => (answer = resolve));
      jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const asked = database.useIfThere(() => late, 1000);
      await jest.advanceTimersByTimeAsync(7999);
      expect(database.isAway()).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      jest.useRealTimers();
      expect([await asked, database.isAway()]).toEqual([null, true]);
      const work = jest.fn(() => Promise.resolve());
      await expect(database.useOnceThere(work)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      expect(work).not.toHaveBeenCalled();
      answer();
      await database.use(() => Promise.resolve());
      expect(database.isAway()).toBe(false);
      await database.useOnceThere(work);
      expect(work).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
      await database.close();
      project.remove();
    }
  });
});
