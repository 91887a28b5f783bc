import { EventStream } from '../server/event-stream';
import { openStudioDatabase } from '../server/studio-database';
import { writeStudioProject } from '../spec-support/studio-project';
import { ProjectFacts } from './project-facts';

const io = { log: () => undefined, signal: new AbortController().signal };

it('hits are not counted again at once where that took long, but builds and splits are read', async () => {
  const project = await writeStudioProject();
  const database = openStudioDatabase(project.config, io);
  let now = 0;
  // Two looks at the clock around a count: 2 s.
  const facts = new ProjectFacts(project.config, database, new EventStream(), () => new Date((now += 2000)));
  try {
    expect(await facts.renew()).toMatchObject({ hits: 12, images: 12, splits: [{ method: 'winnow' }] });
    await database.use((_db, { executeSql }) =>
      executeSql(`insert into hits (id, project, class_name, engine, query, page, rank, image_url)
        values ('new', 'p', 'cat', 'e', 'another', 1, 1, 'http://x'); update splits set method = 'knn'`),
    );
    expect(await facts.renew()).toMatchObject({ hits: 12, splits: [{ method: 'knn' }] });
    now += 100_000;
    expect(await facts.renew()).toMatchObject({ hits: 13, images: 12 });
  } finally {
    await database.close();
    project.remove();
  }
});
