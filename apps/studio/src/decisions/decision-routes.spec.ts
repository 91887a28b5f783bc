import fc from 'fast-check';
import type {
  AlikeImages,
  Decision,
  DecisionsSince,
  DecisionsStored,
  ImageDetail,
  ImageWindow,
  ReviewQueue,
  StudioSheets,
} from '@winnow/contracts';
import { saveEmbeddings, saveSplit, storeDecisions } from '@winnow/db';
import { databasesUnderTest } from '@winnow/db/testing';
import { DecisionLog, sheetChecks } from '@winnow/review';
import { makeOwnDatabase } from '../spec-support/own-database';
import type { OwnDatabase } from '../spec-support/own-database';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
let ids = 0;

describe.each(databasesUnderTest(process.env))('decisions of a studio on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('with a split', () => {
    let project: StudioProject;
    let studio: StudioUnderTest;
    let ben: string;
    let database: OwnDatabase;
    beforeAll(async () => {
      database = await makeOwnDatabase(url);
      studio = await openNewStudio({ count: 45, databaseUrl: database.url });
      ({ project } = studio);
      ben = await studio.keyOf('Ben', 'reviewer');
    });
    afterAll(async () => {
      await studio.close();
      await database.drop();
    });
    beforeEach(async () => {
      await studio.context.decisions.current();
      const all = await states();
      const clear = [...all].flatMap(([index, state]) => (state === 'none' ? [] : [line(index, 'cleared')]));
      for (const key of [studio.key, ben]) {
        if (clear.length > 0) await post(clear.map(renamed), key);
        await send('/api/review/pause', {}, key);
      }
    });

    const line = (image: number, says: string, more: Partial<Decision> = {}): Decision => {
      ids += 1;
      const sha256 = project.digests[image] as string;
      return { id: uuid(ids), batch: uuid(ids), sha256, says, origin: 'one', ...more };
    };
    const isDrawn = ({ id, sha256, says, batch, origin }: Decision): boolean => {
      const rest = { person: '', at: '', otherSha256: null, plan: null, chance: null, shown: null, note: null };
      const log = new DecisionLog([{ ...rest, seq: 1, id, sha256, says, batch, origin, settles: false }]);
      return sheetChecks(log).length > 0;
    };
    const renamed = ({ sha256, says }: Decision): Decision => line(project.digests.indexOf(sha256), says);
    const ask = async <T>(address: string, key = studio.key): Promise<T> =>
      (await studio.ask(address, { key })).body as T;
    const send = (address: string, body: unknown, key = studio.key) =>
      studio.ask(address, { method: 'POST', body, key });
    const post = async (decisions: readonly Decision[], key?: string) =>
      (await send('/api/decisions', { decisions }, key)).body as DecisionsStored;
    const step = async (says: 'undo' | 'redo', key?: string, batch?: string) => {
      ids += 1;
      return (await send(`/api/${says}`, { id: uuid(ids), batch }, key)).body as DecisionsStored;
    };
    /** Of each image of which something is said: the class, `open` where it is none, or the state. */
    const states = async (): Promise<ReadonlyMap<number, string>> => {
      const { tiles } = await ask<ImageWindow>('/api/images?count=500');
      return new Map(
        tiles.map(({ index, state, decided }) => [index, state === 'decided' ? `${decided ?? 'open'}` : state]),
      );
    };

    it('are stored once, shown at once, and told to all pages', async () => {
      const [first, second] = [line(0, 'class:dog'), line(1, 'open')];
      const before = studio.context.events.number;
      const { last } = await ask<DecisionsSince>('/api/decisions?after=0');
      expect(await post([first, second])).toMatchObject({ stored: [first.id, second.id], refused: [] });
      expect(await post([first])).toMatchObject({ stored: [first.id] });
      expect(studio.context.events.number).toBe(before + 1);
      const { lines } = await ask<DecisionsSince>(`/api/decisions?after=${last}`);
      expect(lines).toMatchObject([
        { id: first.id, person: 'Anna', says: 'class:dog' },
        { id: second.id, person: 'Anna', says: 'open' },
      ]);
      expect([(await states()).get(0), (await states()).get(1)]).toEqual(['1', 'open']);
      const detail = await ask(`/api/images/${first.sha256}`);
      expect(detail).toMatchObject({
        state: 'decided',
        history: expect.arrayContaining([expect.objectContaining({ id: first.id })]),
      });
      await step('undo');
      expect([(await states()).get(0), (await states()).get(1)]).toEqual(['1', 'none']);
    });

    it('of two people who disagree are disputed until an owner settles; undo of one leaves the other', async () => {
      /** What the list of the split, which corrects it, says of the image. */
      const corrected = async () => {
        const text = await ask<string>('/api/list');
        return text
          .split('\n')
          .find((row) => row.startsWith(project.digests[3] as string))
          ?.split(',')[1];
      };
      await post([line(3, 'class:cat')]);
      expect(await corrected()).toBe('cat');
      await post([line(3, 'class:dog')], ben);
      // Undecided.
      expect(await corrected()).toBe('?');
      expect((await ask<ReviewQueue>('/api/review/disputed')).images).toEqual([project.digests[3]]);
      const settled = await send('/api/decisions', { decisions: [line(3, 'class:fox', { settles: true })] }, ben);
      expect(settled.status).toBe(403);
      await post([line(3, 'class:fox', { settles: true })]);
      expect((await states()).get(3)).toBe('2');
      expect(await corrected()).toBe('fox');
      await step('undo');
      expect((await states()).get(3)).toBe('disputed');
      await step('undo', ben);
      expect((await states()).get(3)).toBe('0');
    });

    it('of an owner who looks at a disputed image settle it; whoever spoke already is not asked again', async () => {
      await post([line(4, 'class:cat')]);
      await post([line(4, 'class:dog')], ben);
      expect((await ask<ReviewQueue>('/api/review/disputed', ben)).images).toEqual([]);
      await post([line(4, 'class:dog')]);
      expect((await states()).get(4)).toBe('1');
    });

    it('of a class that is gone do not take the others with them', async () => {
      const [gone, good] = [line(5, 'class:cow'), line(6, 'class:dog')];
      expect(await post([gone, good])).toMatchObject({ stored: [good.id], refused: [gone.id] });
    });

    it('hold as they were settled, although the owner says something else of it later', async () => {
      await post([line(7, 'class:cat')]);
      await post([line(7, 'class:dog')], ben);
      await post([line(7, 'class:fox')]);
      await post([line(7, 'class:cat')]);
      expect((await states()).get(7)).toBe('0');
    });

    it('of a class that is gone since say nothing beside later ones, and the history says why', async () => {
      await studio.context.database.use((db) =>
        storeDecisions(db, { project: 'p', person: 'Old', at: new Date(0) }, [line(8, 'class:cow')]),
      );
      await post([line(8, 'class:dog')]);
      expect((await states()).get(8)).toBe('1');
      const { history } = await ask<ImageDetail>(`/api/images/${project.digests[8]}`);
      expect(history.map(({ says, isClassGone }) => [says, isClassGone])).toEqual([
        ['class:dog', undefined],
        ['class:cow', true],
      ]);
    });

    it('are refused where nobody can say so', async () => {
      const says = async (text: string) => (await send('/api/decisions', { decisions: [line(0, text)] })).status;
      expect([await says('class:cow'), await says('undo'), await says('class:\0')]).toEqual([400, 400, 400]);
      expect(await says('unsure')).toBe(200);
      expect((await step('undo', studio.key, uuid(1e9))).refused).toHaveLength(1);
    });

    it('come to what SQL reads of the log, after any acts of two people', async () => {
      const acts = fc.sample(
        fc.record({
          isBen: fc.boolean(),
          image: fc.integer({ min: 10, max: 15 }),
          says: fc.constantFrom('class:cat', 'class:dog', 'open', 'unsure', 'cleared', 'undo', 'redo', 'undo'),
        }),
        { seed: 11, numRuns: 60 },
      );
      for (const { isBen, image, says } of acts) {
        const key = isBen ? ben : studio.key;
        if (says === 'undo' || says === 'redo') await step(says, key);
        else
          await post(
            [line(image, says), line(16, says)].map((one, _, [first]) => ({
              ...one,
              batch: (first as Decision).batch,
            })),
            key,
          );
      }
      const { rows } = await studio.context.database.use((_, { executeSql }) => executeSql(FOLD));
      const truths = new Map(rows.map(({ sha256, truths: said }) => [sha256, said as string[]]));
      const shown = await states();
      for (const image of [10, 11, 12, 13, 14, 15, 16]) {
        const said = truths.get(project.digests[image] as string) ?? [];
        const named = said.filter((one) => one !== 'unsure');
        const [truth] = named;
        const expected =
          named.length > 1 ? 'disputed' : truth === undefined ? (said.length > 0 ? 'unsure' : 'none') : truth;
        expect([image, shown.get(image)]).toEqual([
          image,
          { 'class:cat': '0', 'class:dog': '1' }[expected] ?? expected,
        ]);
      }
    });

    it('hands every image to one of two people who review at once, in the order that was asked for', async () => {
      await post([line(44, 'open'), line(0, 'class:cat')]);
      const seen = { anna: new Set<string>(), ben: new Set<string>() };
      for (let turn = 0; turn < 6; turn += 1) {
        for (const [name, key] of [
          ['anna', studio.key],
          ['ben', ben],
        ] as const) {
          const { images } = await ask<ReviewQueue>('/api/review/doubt?count=4', key);
          images.forEach((image) => seen[name].add(image));
          const decided = images.map((image) => line(project.digests.indexOf(image), 'open'));
          if (decided.length > 0) await post(decided, key);
        }
      }
      expect([...seen.anna].filter((image) => seen.ben.has(image))).toEqual([]);
      expect(seen.anna.size + seen.ben.size).toBe(43);
      // Doubt falls with the index.
      expect(project.digests.indexOf([...seen.anna][0] as string)).toBe(1);
      const own = await ask<ReviewQueue>('/api/review/mine?count=200', ben);
      expect(new Set(own.images)).toEqual(seen.ben);
    });

    it('hands out no image that was left out, until it is taken in again', async () => {
      const queue = async () => ask<ReviewQueue>('/api/review/random?given=cat&count=15');
      const sheet = async () => (await ask<StudioSheets>('/api/sheets?given=cat')).groups;
      const count = (groups: StudioSheets['groups']) => groups.reduce((sum, group) => sum + group.count, 0);
      const unplanned = async () => (await ask<ImageWindow>('/api/images?given=cat&unplanned=1')).total;
      const before = count(await sheet());
      await post([line(0, 'leave-out'), line(3, 'leave-out')]);
      const left = await queue();
      expect([left.left, left.images.length, count(await sheet()), await unplanned()]).toEqual([
        13,
        13,
        before - 2,
        13,
      ]);
      expect(left.images).not.toContain(project.digests[0]);
      await post([line(0, 'take-in'), line(3, 'take-in')]);
      expect([(await queue()).images.length, count(await sheet())]).toEqual([15, before]);
    });

    it('keeps what one has, until a pause gives it back, and draws from the list that is filtered', async () => {
      const first = await ask<ReviewQueue>('/api/review/random?given=cat&count=5');
      expect(first.left).toBe(15);
      expect(first.images.map((image) => project.digests.indexOf(image) % 3)).toEqual([0, 0, 0, 0, 0]);
      expect((await ask<ReviewQueue>('/api/review/random?given=cat&count=5')).images).toEqual(first.images);
      const other = await ask<ReviewQueue>('/api/review/random?given=cat&count=15', ben);
      expect([other.images.length, other.images.some((image) => first.images.includes(image))]).toEqual([10, false]);
      await send('/api/review/pause', {});
      expect((await ask<ReviewQueue>('/api/review/random?given=cat&count=15', ben)).images).toHaveLength(15);
      await send('/api/review/pause', {}, ben);
    });

    it('hands out one in twenty images of a sheet again, to whose sheet it was, and says how often sheets were wrong', async () => {
      const batch = uuid((ids += 1));
      // Lines are drawn by their ids: one of these is.
      const sheet = Array.from({ length: 20 }, (_, image) => {
        const made = line(image, 'class:cat', { origin: 'sheet', batch });
        while (isDrawn(made) !== (image === 7)) made.id = uuid((ids += 1));
        return made;
      });
      await post(sheet);
      const onSheet = async (order: string, key?: string): Promise<readonly string[]> =>
        (await ask<ReviewQueue>(`/api/review/${order}`, key)).images.filter((image) =>
          sheet.some(({ sha256 }) => sha256 === image),
        );
      expect([await onSheet('doubt', ben), await onSheet('disputed')]).toEqual([[], []]);
      await send('/api/review/pause', {}, ben);
      const [check, ...others] = (await onSheet('doubt')) as [string];
      expect(others).toEqual([]);
      const checks = async () => (await ask<StudioSheets>('/api/sheets')).checks;
      expect(await checks()).toEqual({ waiting: 1, looked: 0, wrong: 0, share: null });
      await post([line(project.digests.indexOf(check), 'open')]);
      expect(await onSheet('doubt')).toEqual([]);
      expect(await checks()).toMatchObject({ waiting: 0, looked: 1, wrong: 1, share: { share: 1, high: 1 } });
      const groups = (await ask<StudioSheets>('/api/sheets?kind=closed&given=dog')).groups;
      expect(groups).toEqual([{ kind: 'closed', given: 1, refined: 2, count: 8 }]);
    });

    it('offers undecided images that look as one does, of its given class, nearer than is usual', async () => {
      const alike = async (key?: string) => ask<AlikeImages>(`/api/alike/${project.digests[0]}`, key);
      expect(await alike()).toEqual({ images: [], missing: 'winnow embed p.yaml' });
      // Cats in a plane: 0 degrees, 1, 3, 6, 10 …: each is as far from the next as its number says.
      const cats = project.digests.filter((_, index) => index % 3 === 0);
      const rows = project.digests.map((sha256) => {
        const at = cats.indexOf(sha256);
        const angle = ((at < 0 ? 0 : (at * (at + 1)) / 2) * Math.PI) / 180;
        return { sha256, values: Float32Array.of(Math.cos(angle), Math.sin(angle)) };
      });
      // Half-way, another image asks first; later the class is read again for this one.
      await studio.context.database.use((db) => saveEmbeddings(db, 'half', rows.slice(1, 30)));
      const early = await ask<AlikeImages>(`/api/alike/${cats[1]}?all=1`);
      expect([early.missing, early.images.includes(cats[0] as string)]).toEqual([null, false]);
      await studio.context.database.use((db) => saveEmbeddings(db, 'n', rows));
      // The nearest of the middle one of fifteen is seven degrees away.
      expect(await alike()).toEqual({ images: [cats[1], cats[2], cats[3]], missing: null });
      await post([line(3, 'class:dog')]);
      expect((await alike()).images).toEqual([cats[2], cats[3]]);
      await ask<ReviewQueue>('/api/review/doubt?q=sha256+%3D+"' + cats[2] + '"', ben);
      expect((await alike()).images).toEqual([cats[3]]);
      const [dog, fox] = [project.digests[1] as string, project.digests[2] as string];
      const pair = (sha256: string, otherSha256: string, says: string) => ({
        ...line(0, says, { otherSha256 }),
        sha256,
      });
      await post([pair(dog, cats[0] as string, 'not-a-copy'), pair(fox, cats[0] as string, 'same')]);
      expect((await alike()).images).toEqual([dog, cats[3]]);
      const all = await ask<AlikeImages>(`/api/alike/${project.digests[0]}?all=1`);
      expect(all.images).toEqual([dog, ...cats.slice(1, 11)]);
    });

    it('begins with what another split sees most differently, once there is one', async () => {
      expect((await studio.ask('/api/review/disagree')).status).toBe(404);
      const { database: db, facts } = studio.context;
      const other = { project: 'p', buildId: project.buildId, teacherDigest: 't', config: {}, counts: {} };
      const rows = project.digests.map((_, index) => {
        const open = index === 20 ? 1 : 0.3;
        const kind = { kind: 'open' as const, cleanProbability: 1 - open, closedProbability: 0, openProbability: open };
        return { ...kind, key: String(index).padStart(9, '0'), refinedLabel: 0, score: 0 };
      });
      await db.use((open) => saveSplit(open, { ...other, id: 'other', method: 'knn' }, rows));
      await facts.renew();
      const { images } = await ask<ReviewQueue>(`/api/review/disagree?count=45&s=${project.splitId}`);
      expect(images).toHaveLength(45);
      const half = (index: number) => {
        const sure = 0.4 + (0.5 * index) / 45;
        const mine = [0, 1, 2].map((kind) => (kind === index % 3 ? sure : (1 - sure) / 2));
        const { cleanProbability: c, closedProbability: x, openProbability: o } = rows[index] as (typeof rows)[number];
        return [c, x, o].reduce((sum, value, kind) => sum + Math.abs(value - (mine[kind] as number)), 0);
      };
      const distances = images.map((image) => half(project.digests.indexOf(image)));
      distances.slice(1).forEach((distance, at) => expect(distance).toBeLessThan((distances[at] as number) + 1e-6));
    });
  });
});

/** Opinions by image, as the table alone tells them. */
const FOLD = `
  with steps as (
    select distinct on (person, batch) person, batch, says, seq from decisions where sha256 is null
    order by person, batch, seq desc
  ), standing as (
    select d.sha256, d.person, d.says, d.seq, d.settles from decisions d
    left join steps s on s.person = d.person and s.batch = d.batch
    where d.sha256 is not null and not coalesce(s.says = 'undo' and s.seq > d.seq, false)
  ), opinions as (
    select distinct on (sha256, person) sha256, says, seq from standing order by sha256, person, seq desc
  ), settled as (
    select sha256, max(seq) as seq from standing s where settles and not exists (
      select from standing t where t.sha256 = s.sha256 and t.person = s.person and t.seq > s.seq
        and t.says in ('cleared', 'unsure'))
    group by sha256
  )
  select o.sha256, array_agg(distinct says) as truths from opinions o left join settled s on s.sha256 = o.sha256
  where says <> 'cleared' and o.seq >= coalesce(s.seq, 0) group by o.sha256`;
