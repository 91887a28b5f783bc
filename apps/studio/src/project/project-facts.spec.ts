import type { ProjectConfig } from '@winnow/config';
import type { ProjectOverview } from '@winnow/db';
import { EventStream } from '../server/event-stream';
import { openStudioDatabase } from '../server/studio-database';
import type { StudioDatabase } from '../server/studio-database';
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

it('what a project has is read again after a change, also where it was being read already', async () => {
  const answers: ((found: ProjectOverview) => void)[] = [];
  const database = { use: () => new Promise<ProjectOverview>((resolve) => answers.push(resolve)) };
  const facts = new ProjectFacts(
    { name: 'p' } as ProjectConfig,
    database as unknown as StudioDatabase,
    new EventStream(),
    () => new Date(0),
  );
  const overview = (images: number): ProjectOverview => ({ images }) as unknown as ProjectOverview;
  const before = facts.read();
  const [after, alsoAfter] = [facts.renew(), facts.renew()];
  answers[0]?.(overview(1));
  expect(await before).toEqual({ images: 1 });
  await new Promise(setImmediate);
  expect(answers).toHaveLength(2);
  answers[1]?.(overview(2));
  expect(await Promise.all([after, alsoAfter])).toEqual([{ images: 2 }, { images: 2 }]);
  expect(await facts.read()).toEqual({ images: 2 });
});
