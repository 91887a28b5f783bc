import type { StudioProject as Answer } from '@winnow/contracts';
import { WinnowError } from '@winnow/contracts';
import { saveSplit } from '@winnow/db';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProjectOptions } from '../spec-support/studio-project';
import { nextStep } from './next-step';

async function answerOf(options: StudioProjectOptions): Promise<{ project: Answer; images: number; next: string }> {
  const studio = await openNewStudio(options);
  try {
    const images = await studio.ask('/api/images');
    const { error } = images.body as { error?: { next: string } };
    return {
      project: (await studio.ask('/api/project')).body as Answer,
      images: images.status,
      next: error?.next ?? '',
    };
  } finally {
    await studio.close();
  }
}

describe('GET /api/project', () => {
  it('says what comes next where nothing was crawled', async () => {
    const { project, images, next } = await answerOf({ until: 'nothing' });
    expect(project).toMatchObject({
      name: 'p',
      file: 'p.yaml',
      classes: ['cat', 'dog', 'fox'],
      builds: [],
      funnel: null,
    });
    expect(project.next).toMatchObject({ title: 'Crawl', command: 'winnow crawl p.yaml' });
    expect([images, next]).toEqual([404, expect.stringContaining('winnow build')]);
  });

  it('says what comes next where nothing was built', async () => {
    const { project, images } = await answerOf({ until: 'crawl' });
    expect(project.funnel).toEqual({ hits: 12, stored: 12, samples: 0 });
    expect(project.next).toMatchObject({ title: 'Build', command: 'winnow build p.yaml' });
    expect(images).toBe(404);
  });

  it('says what comes next where nothing was split, and shows images all the same', async () => {
    const { project, images } = await answerOf({ until: 'build' });
    expect(project.next).toMatchObject({ title: 'Split', command: 'winnow split p.yaml' });
    expect(project.builds).toEqual([expect.objectContaining({ sampleCount: 12 })]);
    expect(images).toBe(200);
  });

  it('has all that the frame shows', async () => {
    const { project } = await answerOf({});
    expect(project).toMatchObject({
      splits: [{ method: 'winnow', counts: { clean: 4, closed: 4, open: 4 } }],
      runCount: 0,
      bestAccuracy: null,
      person: { name: 'Anna', role: 'owner' },
      isReadOnly: false,
    });
    expect(project.next.title).toBe('Measure');
    expect(Date.parse(project.splits[0]?.createdAt ?? '')).not.toBeNaN();
  });
});

describe('nextStep', () => {
  const overview = { builds: [], splits: [], hits: 1, images: 1, runs: 0, bestAccuracy: null };

  const nothing = { isBuildBehind: false, isOfImages: false, isSplitBehind: false };
  const looked = { ...nothing, isOfImages: true };
  const build = {
    id: 'b',
    sampleCount: 1,
    createdAt: new Date(1),
    usedAt: new Date(10),
    lastDecision: 0,
    forgottenKeys: [],
  };
  const split = { id: 's', buildId: 'b', method: 'winnow', createdAt: new Date(20), counts: {} };
  const whole = { ...overview, builds: [build], splits: [split] };

  it('writes commands that a shell understands', () => {
    expect(nextStep(overview, nothing, "my project's file.yaml").command).toBe(
      `winnow build 'my project'\\''s file.yaml'`,
    );
  });

  it.each([
    ['Build again', { ...whole, builds: [{ ...build, forgottenKeys: ['000000000'] }] }, nothing],
    ['Build again', whole, { ...looked, isBuildBehind: true }],
    ['Split', { ...whole, splits: [{ ...split, buildId: 'older' }] }, nothing],
    ['Measure', whole, nothing],
    ['Split again', whole, { ...looked, isSplitBehind: true }],
    ['Train', whole, looked],
    ['Hand over', { ...whole, runs: 1 }, looked],
  ])('is %s', (title, found, said) => {
    expect(nextStep(found, said, 'p.yaml').title).toBe(title);
  });
});

describe('a split', () => {
  it('is behind while it says otherwise of an image of its data set than people decided', async () => {
    const studio = await openNewStudio();
    const { project } = studio;
    const { database, decisions } = studio.context;
    try {
      const say = async (number: number, index: number, says: string) => {
        const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
        const sha256 = project.digests[index] ?? 'f'.repeat(64);
        await studio.ask('/api/decisions', {
          method: 'POST',
          body: { decisions: [{ id, batch: id, sha256, says, origin: 'one' }] },
        });
      };
      const isBehind = () => decisions.isBehind({ id: project.splitId, buildId: project.buildId });
      const follow = (index: number, values: string) =>
        database.use((_db, { executeSql }) =>
          executeSql(`update split_samples set ${values} where key = (select key from samples where sha256 = $1)`, [
            project.digests[index],
          ]),
        );
      expect(await isBehind()).toBe(false);
      await say(1, 99, 'open');
      await say(2, 0, 'unsure');
      expect(await isBehind()).toBe(false);
      await say(3, 0, 'class:dog');
      expect(await isBehind()).toBe(true);
      expect(((await studio.ask('/api/project')).body as Answer).next.title).toBe('Split again');
      await follow(0, 'closed_probability = 1, refined_label = 1');
      await say(4, 1, 'class:dog');
      expect(await isBehind()).toBe(true);
      await follow(1, 'clean_probability = 1');
      await say(5, 2, 'open');
      expect(await isBehind()).toBe(true);
      await follow(2, 'open_probability = 1');
      await say(6, 2, 'open');
      expect(await isBehind()).toBe(false);
      expect(((await studio.ask('/api/project')).body as Answer).next.title).toBe('Train');
    } finally {
      await studio.close();
    }
  });

  it('is not called behind by what is said for builds alone, and that counts when it is taken back, too', async () => {
    const studio = await openNewStudio();
    const { project } = studio;
    try {
      const id = '00000000-0000-4000-8000-000000000001';
      const sha256 = project.digests[0];
      await studio.ask('/api/decisions', {
        method: 'POST',
        body: { decisions: [{ id, batch: id, sha256, says: 'leave-out', origin: 'one' }] },
      });
      const next = async () => ((await studio.ask('/api/project')).body as Answer).next.title;
      expect(await next()).toBe('Build again');
      await studio.context.database.use((_db, { executeSql }) => executeSql('update builds set used_at = now()'));
      await studio.context.facts.renew();
      expect(await next()).toBe('Measure');
      await studio.ask('/api/undo', {
        method: 'POST',
        body: { id: '00000000-0000-4000-8000-000000000002', batch: id },
      });
      expect(await next()).toBe('Build again');
    } finally {
      await studio.close();
    }
  });
});

describe('while the database is away', () => {
  it('reading goes on', async () => {
    const studio = await openNewStudio();
    const { project } = studio;
    try {
      expect((await studio.ask('/api/images?count=1')).status).toBe(200);
      const away = new WinnowError('DATABASE_UNREACHABLE', 'away');
      jest.spyOn(studio.context.database, 'use').mockRejectedValue(away);
      jest.spyOn(studio.context.database, 'useIfThere').mockResolvedValue(null);
      await expect(studio.context.facts.renew()).rejects.toBe(away);
      for (const address of ['/api/project', '/api/images?kind=open', '/api/facets']) {
        expect([address, (await studio.ask(address)).status]).toEqual([address, 200]);
      }
      const detail = await studio.ask(`/api/images/${project.digests[0]}`);
      expect([detail.status, detail.body]).toMatchObject([200, { isDatabaseAway: true, listings: [] }]);
    } finally {
      await studio.close();
    }
  });
});

describe('another split than the page shows', () => {
  it('is told to open pages, and found at the next request', async () => {
    const studio = await openNewStudio();
    const { project } = studio;
    const { facts, events, database } = studio.context;
    try {
      await facts.renew();
      const { number } = events;
      await facts.renew();
      expect(events.number).toBe(number);
      const record = {
        project: 'p',
        buildId: project.buildId,
        method: 'knn',
        teacherDigest: 't',
        config: {},
        counts: {},
      };
      await database.use((db) => saveSplit(db, { ...record, id: 'a7'.padEnd(16, '0') }, []));
      await facts.renew();
      expect(events.number).toBe(number + 1);
      const { splits } = (await studio.ask('/api/project')).body as Answer;
      expect(splits.map(({ method }) => method)).toEqual(['knn', 'winnow']);
      const [newest, named] = await Promise.all(
        ['', 's=5p17'].map((query) => studio.ask(`/api/images?count=1&${query}`)),
      );
      expect([newest?.body, named?.body]).toMatchObject([{ tiles: [{ kind: null }] }, { tiles: [{ kind: 'clean' }] }]);
    } finally {
      await studio.close();
    }
  });
});
