import { randomUUID } from 'node:crypto';
import { NOISE_KINDS } from '@winnow/contracts';
import type { DecisionsSince, ImageWindow, MeasureLooks, StudioMeasure, StudioSheets } from '@winnow/contracts';
import { looksNeeded } from '@winnow/review';
import { sampleKey } from '@winnow/shards';
import { openNewStudio } from '../spec-support/studio-project';
import type { StudioProject, StudioUnderTest } from '../spec-support/studio-project';

const COUNT = 90;
const CLASSES = ['cat', 'dog', 'fox'];

let project: StudioProject;
let studio: StudioUnderTest;

beforeAll(async () => {
  studio = await openNewStudio({ count: COUNT });
  ({ project } = studio);
});
afterAll(async () => {
  await studio.close();
});

const measure = async () => (await studio.ask('/api/measure')).body as StudioMeasure;
const looksOf = async (count: number, key?: string) =>
  (await studio.ask(`/api/measure/looks?count=${count}`, key === undefined ? {} : { key })).body as MeasureLooks;
const extend = async (halfWidth: number, kinds: readonly string[] = NOISE_KINDS) =>
  (await studio.ask('/api/measure/plan', { method: 'POST', body: { halfWidth, kinds, isBlind: true } }))
    .body as StudioMeasure;

/** Image i is given class i % 3 and called kind i % 3: it is so, but for every fifth image, which shows nothing. */
function truthOf(sha256: string): string {
  const index = project.digests.indexOf(sha256);
  if (index % 5 === 0 || index % 3 === 2) return 'open';
  return `class:${CLASSES[index % 3 === 0 ? 0 : 2]}`;
}

async function look(images: readonly string[], plan: string, { key, says }: { key?: string; says?: string } = {}) {
  const decisions = images.map((sha256) => ({
    ...{ id: randomUUID(), batch: randomUUID(), sha256, says: says ?? truthOf(sha256) },
    ...{ origin: 'measure', plan, shown: { split: null, kind: null, isBlind: true, millis: 900 } },
  }));
  const more = { method: 'POST' as const, body: { decisions }, ...(key !== undefined && { key }) };
  expect((await studio.ask('/api/decisions', more)).status).toBe(200);
}

describe('measuring a split', () => {
  it('has no plan and no looks at first', async () => {
    expect(await measure()).toMatchObject({ plan: null, overall: null });
    expect((await studio.ask('/api/measure/looks')).status).toBe(404);
    const reviewer = await studio.keyOf('Rea', 'reviewer');
    const body = { halfWidth: 0.1, kinds: ['clean'], isBlind: true };
    expect((await studio.ask('/api/measure/plan', { method: 'POST', body, key: reviewer })).status).toBe(403);
  });

  it('plans as many looks as the half-width wants, and gives nothing away with them', async () => {
    const { plan, kinds } = await extend(0.2);
    expect(plan).toMatchObject({ halfWidth: 0.2, isBlind: true, splitId: project.splitId });
    // Of 30 images each, of which a half to .9 are expected to be right.
    for (const { planned, missing } of kinds) {
      expect(planned).toBeGreaterThan(8);
      expect(planned).toBeLessThan(16);
      expect(missing).toBe(planned);
    }
    const { body } = await studio.ask('/api/measure/looks?count=100');
    expect(Object.keys(body as object).sort()).toEqual(['images', 'left', 'plan']);
    const { images } = body as MeasureLooks;
    expect(images.every((image) => /^[0-9a-f]{64}$/.test(image))).toBe(true);
    // The kinds come mixed: their order says nothing.
    const order = images.map((image) => project.digests.indexOf(image) % 3);
    expect(order).not.toEqual([...order].sort());
  });

  it('keeps what it still has to show out of sheets', async () => {
    const { images } = (await studio.ask('/api/measure/looks?count=100')).body as MeasureLooks;
    const { groups } = (await studio.ask('/api/sheets')).body as StudioSheets;
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT - images.length);
    const address = '/api/images?count=500&sort=doubt&given=cat&unplanned=1';
    const { tiles, total } = (await studio.ask(address)).body as ImageWindow;
    const planned = images.filter((image) => project.digests.indexOf(image) % 3 === 0);
    expect([total, tiles.length]).toEqual([30 - planned.length, 30 - planned.length]);
    expect(tiles.filter(({ sha256 }) => images.includes(sha256))).toEqual([]);
  });

  it('says what the looks tell of each kind, and stores the chance of each', async () => {
    const { plan, images } = await looksOf(100);
    await look(images, plan);
    const { kinds, overall, reliability } = await measure();
    for (const [at, kind] of kinds.entries()) {
      const here = images.filter((image) => project.digests.indexOf(image) % 3 === at);
      const right = here.filter((image) => at === 2 || project.digests.indexOf(image) % 5 !== 0).length;
      // Plans are drawn anew each time: where one found more wrong than was expected, a few looks are missing.
      const missing = Math.max(0, looksNeeded(right / here.length, 0.2, COUNT / 3) - here.length);
      expect(kind).toMatchObject({ looked: here.length, right, unsure: 0, missing, isComplete: true });
      expect(kind.precision?.share).toBeCloseTo(right / here.length, 9);
      expect(kind.recall).not.toBeNull();
    }
    expect(overall?.low).toBeLessThan(overall?.share as number);
    expect(reliability.reduce((sum, { looked }) => sum + looked, 0)).toBe(images.length);
    const { lines } = (await studio.ask('/api/decisions')).body as DecisionsSince;
    const planned = kinds[0]?.planned as number;
    const clean = lines.find(({ sha256 }) => project.digests.indexOf(sha256 as string) % 3 === 0);
    expect(clean?.chance).toBeCloseTo(planned / 30, 9);
  });

  it('keeps its first looks when it is extended, and shows none twice to nobody', async () => {
    const before = await measure();
    const after = await extend(0.1);
    expect(after.plan?.id).toBe(before.plan?.id);
    const { images, left } = await looksOf(100);
    const { lines } = (await studio.ask('/api/decisions')).body as DecisionsSince;
    const seen = new Set(lines.map(({ sha256 }) => sha256));
    const fresh = images.filter((image) => !seen.has(image));
    expect(new Set(fresh).size).toBe(fresh.length);
    expect(fresh).toHaveLength(after.kinds.reduce((sum, { missing }) => sum + missing, 0));
    expect(left).toBe(images.length);
    // Fewer are never planned.
    expect((await extend(0.2)).kinds.map(({ planned }) => planned)).toEqual(after.kinds.map(({ planned }) => planned));
  });

  it('gives two people different looks, but for one in ten, and says how far they agree', async () => {
    const bea = await studio.keyOf('Bea', 'owner');
    const first = await looksOf(4);
    const second = await looksOf(100, bea);
    const seenByAnna = new Set(
      ((await studio.ask('/api/decisions')).body as DecisionsSince).lines.map((one) => one.sha256),
    );
    const shared = second.images.filter((image) => seenByAnna.has(image) || first.images.includes(image));
    expect(shared.length).toBeGreaterThan(0);
    expect(shared.length).toBeLessThan(10);
    await look(shared, second.plan, { key: bea, says: 'unsure' });
    await look(
      second.images.filter((image) => !shared.includes(image)),
      second.plan,
      { key: bea },
    );
    await look((await looksOf(100)).images, second.plan);
    const { agreement, kinds } = await measure();
    expect(agreement.of).toBeGreaterThanOrEqual(shared.length);
    expect(kinds.every(({ isComplete, unsure }) => isComplete && unsure === 0)).toBe(true);
  });

  it('is done without images that are forgotten since, and says how many those are', async () => {
    const bea = await studio.keyOf('Cleo', 'owner');
    await extend(0.05);
    const { images } = await looksOf(100, bea);
    const gone = project.digests.filter((image) => images.includes(image)).at(-1) as string;
    await studio.context.database.use((_, { executeSql }) =>
      executeSql('update builds set forgotten_keys = $1::jsonb', [
        JSON.stringify([sampleKey(project.digests.indexOf(gone))]),
      ]),
    );
    await studio.context.facts.renew();
    const isOpen = ({ kinds }: StudioMeasure) => kinds.some(({ isComplete }) => !isComplete);
    for (let left = await looksOf(100, bea); isOpen(await measure()); left = await looksOf(100, bea)) {
      expect(left.images).not.toContain(gone);
      expect(left.images.length).toBeGreaterThan(0);
      await look(left.images, left.plan, { key: bea });
    }
    const { kinds } = await measure();
    expect(kinds.reduce((sum, { forgotten }) => sum + forgotten, 0)).toBe(1);
    // Nor does more of the plan count what nobody can look at.
    const more = await extend(0.02);
    expect(more.kinds.reduce((sum, { planned }) => sum + planned, 0)).toBeLessThan(COUNT);
  });

  it('takes back what is undone', async () => {
    const before = await measure();
    await studio.ask('/api/undo', { method: 'POST', body: { id: randomUUID() } });
    const after = await measure();
    const looked = ({ kinds }: StudioMeasure) => kinds.reduce((sum, kind) => sum + kind.looked, 0);
    expect(looked(after)).toBeGreaterThanOrEqual(looked(before) - 1);
    expect(looked(after)).toBeLessThanOrEqual(looked(before));
  });

  it('refuses what is no plan', async () => {
    for (const body of [
      {},
      { halfWidth: 2, kinds: ['clean'], isBlind: true },
      { halfWidth: 0.1, kinds: [], isBlind: true },
    ]) {
      expect((await studio.ask('/api/measure/plan', { method: 'POST', body })).status).toBe(400);
    }
  });
});
