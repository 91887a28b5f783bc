import type { ProjectConfig } from '@winnow/config';
import type { ProjectOverview } from '@winnow/db';
import type { EventStream } from '../server/event-stream';
import type { StudioDatabase } from '../server/studio-database';
import { ProjectFacts } from './project-facts';

describe('what a project has', () => {
  it('is read again after a change, also where it was being read already', async () => {
    const answers: ((found: ProjectOverview) => void)[] = [];
    const database = { use: () => new Promise<ProjectOverview>((resolve) => answers.push(resolve)) };
    const facts = new ProjectFacts(
      { name: 'p' } as ProjectConfig,
      database as unknown as StudioDatabase,
      { publish: () => undefined } as unknown as EventStream,
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
});
