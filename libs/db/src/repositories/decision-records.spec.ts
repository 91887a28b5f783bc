import fc from 'fast-check';
import { databasesUnderTest } from '../testing/database-under-test';
import { decisions, forgotten } from '../schema';
import { createTestDatabase } from '../testing/test-database';
import type { TestDatabase } from '../testing/test-database';
import { decisionsSince, listDecisions, storeBatchStep, storeDecisions } from './decision-records';
import type { NewDecision } from './decision-records';
import { listMeasurePlans, saveMeasurePlan } from './measure-plans';
import { listViews, removeView, saveView } from './view-records';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
const line = (id: number, sha256: string, more: Partial<NewDecision> = {}): NewDecision => {
  return { id: uuid(id), batch: uuid(id), sha256, says: 'open', origin: 'one', ...more };
};

describe.each(databasesUnderTest(process.env))('decisions on $name', ({ url, available }) => {
  (available ? describe : describe.skip)('of two people', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(url);
    });
    afterAll(() => database.close());
    beforeEach(() => database.reset());

    const by = (person: string, project = 'p') => ({ project, person, at: new Date(1e12) });
    const store = (person: string, lines: readonly NewDecision[]) => storeDecisions(database.db, by(person), lines);
    const step = (person: string, id: number, says: 'undo' | 'redo', batch?: number) =>
      storeBatchStep(database.db, by(person), { id: uuid(id), says, batch: batch === undefined ? batch : uuid(batch) });
    const stored = async () =>
      (await listDecisions(database.db, 'p')).map(({ id, sha256, says }) => [id, sha256, says]);

    it('gives back what was stored, in its order, and numbers that only grow', async () => {
      const shown = { split: 's', kind: 'closed', isBlind: true, millis: 812.5 } as const;
      const odd = line(1, 'b', { shown, plan: uuid(7), chance: 0.1, note: 'an "odd" one\n', settles: true });
      expect(await store('anna', [odd, line(2, 'a', { says: 'class:ü, \'"' })])).toEqual({
        stored: [uuid(1), uuid(2)],
        refused: [],
        last: 2,
      });
      await storeDecisions(database.db, by('anna', 'other'), [line(3, 'c')]);
      const [first, second, ...others] = await decisionsSince(database.db, 'p', { after: 0 });
      expect(first).toEqual({
        ...odd,
        ...{ seq: 1, person: 'anna', at: new Date(1e12).toISOString(), otherSha256: null },
      });
      expect(second).toMatchObject({ seq: 2, sha256: 'a', says: 'class:ü, \'"', shown: null, note: null, plan: null });
      expect(others).toEqual([]);
      expect(await decisionsSince(database.db, 'p', { after: 0, limit: 1 })).toHaveLength(1);
      expect(await decisionsSince(database.db, 'p', { after: 1 })).toMatchObject([{ seq: 2 }]);
      expect((await store('anna', [line(4, 'a')])).last).toBe(3);
    });

    it('stores a line once, however often it comes, and none under the id of another one', async () => {
      await store('anna', [line(1, 'a')]);
      const again = await store('anna', [line(1, 'b'), line(2, 'c'), line(2, 'c')]);
      expect(again).toMatchObject({ stored: [uuid(1), uuid(2), uuid(2)], refused: [] });
      expect(await store('ben', [line(1, 'a'), line(3, 'a')])).toMatchObject({ stored: [uuid(3)], refused: [uuid(1)] });
      expect((await stored()).map(([, sha256]) => sha256)).toEqual(['a', 'c', 'a']);
    });

    it('stores nothing of images that were forgotten', async () => {
      await store('anna', []);
      await database.db.insert(forgotten).values({ project: 'p', kind: 'sha256', value: 'a' });
      const lines = [line(1, 'a'), line(2, 'b'), line(3, 'b', { otherSha256: 'a', says: 'same' })];
      expect(await store('anna', lines)).toMatchObject({ stored: [uuid(2)], refused: [uuid(1), uuid(3)] });
    });

    it('stores all lines or none', async () => {
      await expect(store('anna', [line(1, 'a'), line(2, 'b', { batch: 'none' })])).rejects.toThrow();
      expect(await stored()).toEqual([]);
      expect((await store('anna', [line(3, 'a')])).last).toBe(1);
    });

    it('undoes the own newest batch, redoes the one undone last, and does neither twice', async () => {
      await store('anna', [line(1, 'a'), line(2, 'b', { batch: uuid(9) }), line(3, 'c', { batch: uuid(9) })]);
      await store('ben', [line(4, 'a')]);
      expect(await step('anna', 11, 'undo')).toMatchObject({ stored: [uuid(11)] });
      // The answer was lost: the same step, not another one.
      expect(await step('anna', 11, 'undo')).toMatchObject({ stored: [uuid(11)] });
      await step('anna', 12, 'undo');
      expect(await step('anna', 13, 'undo')).toMatchObject({ stored: [], refused: [uuid(13)] });
      expect(await step('anna', 14, 'undo', 4)).toMatchObject({ refused: [uuid(14)] });
      await step('anna', 15, 'redo');
      await step('anna', 16, 'redo');
      expect(await step('anna', 17, 'redo')).toMatchObject({ refused: [uuid(17)] });
      const steps = (await listDecisions(database.db, 'p')).filter(({ sha256 }) => sha256 === null);
      expect(steps.map(({ says, batch }) => [says, batch])).toEqual([
        ['undo', uuid(9)],
        ['undo', uuid(1)],
        ['redo', uuid(1)],
        ['redo', uuid(9)],
      ]);
    });

    it('undoes and redoes as a stack of undone batches does, which a new decision empties', async () => {
      const [done, undone]: [string[], string[]] = [[], []];
      const draws = fc.sample(fc.integer({ min: 0, max: 9 }), { seed: 3, numRuns: 120 });
      for (const [id, draw] of draws.entries()) {
        if (draw < 3) {
          await store('anna', [line(id, 'a'), line(id + 1000, 'b', { batch: uuid(id) })]);
          done.push(uuid(id));
          undone.length = 0;
          continue;
        }
        const [says, from, to] = draw < 7 ? (['undo', done, undone] as const) : (['redo', undone, done] as const);
        const batch = from.pop();
        if (batch !== undefined) to.push(batch);
        const { stored: ids } = await step('anna', id, says);
        expect(ids).toEqual(batch === undefined ? [] : [uuid(id)]);
        if (batch !== undefined) expect((await listDecisions(database.db, 'p')).at(-1)).toMatchObject({ says, batch });
      }
    });

    it('takes a number that no line has where the count was lost', async () => {
      await store('anna', [line(1, 'a'), line(2, 'b')]);
      await database.executeSql('update projects set last_decision = 0');
      expect((await store('anna', [line(3, 'c')])).last).toBe(3);
      await database.executeSql('delete from projects');
      await database.db.delete(decisions);
      expect((await store('anna', [line(4, 'c')])).last).toBe(1);
    });

    it('keeps views and plans by their names', async () => {
      const { db } = database;
      await saveView(db, 'p', { name: 'doubtful', person: 'anna', address: '/pictures?doubt=.5-' });
      await saveView(db, 'p', { name: 'doubtful', person: 'ben', address: '/pictures?doubt=.6-' });
      expect(await listViews(db, 'p')).toEqual([{ name: 'doubtful', person: 'ben', address: '/pictures?doubt=.6-' }]);
      expect([await removeView(db, 'p', 'doubtful'), await removeView(db, 'p', 'doubtful')]).toEqual([true, false]);
      const plan = { id: uuid(1), buildId: 'b', splitId: 's', person: 'anna', settings: { seed: 1 } };
      await saveMeasurePlan(db, 'p', plan);
      await saveMeasurePlan(db, 'p', { ...plan, settings: { seed: 1, looks: 300 } });
      expect(await listMeasurePlans(db, 'p')).toEqual([{ ...plan, settings: { seed: 1, looks: 300 } }]);
    });
  });
});
