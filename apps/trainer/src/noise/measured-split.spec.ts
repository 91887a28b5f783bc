import { createHash } from 'node:crypto';
import { NOISE_KINDS } from '@winnow/contracts';
import type { JsonValue, NoiseKind } from '@winnow/contracts';
import { saveBuild, saveMeasurePlan, saveSplit, storeDecisions } from '@winnow/db';
import { createTestDatabase } from '@winnow/db/testing';
import type { TestDatabase } from '@winnow/db/testing';
import type { SplitResult } from '@winnow/noise';
import { measuredSplit } from './measured-split';
import { toSplitRows } from './split-rows';

const COUNT = 60;
const CLASSES = ['cat', 'dog'];
const rows = Array.from({ length: COUNT }, (_, row) => row);
const sha256 = rows.map((row) => createHash('sha256').update(`${row}`).digest('hex'));
const labels = Int32Array.from(rows, (row) => row % 2);
const images = { labels, classes: CLASSES, count: COUNT, keys: rows.map((row) => String(row).padStart(8, '0')) };
const pool = { images, sha256 } as unknown as Parameters<typeof measuredSplit>[1];
const ANNA = { project: 'p', person: 'anna', at: new Date(0) };
const PLAN = '00000000-0000-4000-8000-000000000001';

/** Kind by row; sure of all of them. */
function splitOf(kindOf: (row: number) => number): SplitResult {
  const kinds = Uint8Array.from(rows, kindOf);
  const probabilities = new Float32Array(3 * COUNT);
  kinds.forEach((kind, row) => (probabilities[3 * row + kind] = 1));
  return { kinds, probabilities, refinedLabels: labels.map((label) => 1 - label), score: new Float32Array(COUNT) };
}
const drawn = splitOf((row) => Math.floor(row / 20));
/** Right of the first two thirds. */
const saysOf = (row: number): string => {
  const kind = row < 40 ? drawn.kinds[row] : 0;
  if (kind === 2) return 'open';
  return `class:${CLASSES[kind === 0 ? (labels[row] as number) : 1 - (labels[row] as number)]}`;
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function save(id: string, split: SplitResult, config: JsonValue = {}) {
  const record = { id, project: 'p', buildId: 'b', method: 'winnow', teacherDigest: 't', config };
  await saveSplit(database.db, { ...record, counts: {} }, toSplitRows(pool.images, split));
  return { record: { ...record, counts: {} }, split };
}

describe('measuredSplit', () => {
  it('is what blind looks say of the split, of another one, and of the one before its corrections', async () => {
    const build = { id: 'b', project: 'p', digest: 'd', inputDigest: 'i', config: {}, counts: {}, sampleCount: COUNT };
    const samples = rows.map((row) => ({
      ...{ key: images.keys[row] as string, position: row, shard: 's', offset: 0, length: 1, conflicts: [], copies: 1 },
      ...{ sha256: sha256[row] as string, className: CLASSES[row % 2] as string, label: row % 2 },
    }));
    // Whatever it is, it makes the project known.
    const first = { id: PLAN, batch: PLAN, sha256: 'f'.repeat(64), says: 'open', origin: 'one' as const };
    await storeDecisions(database.db, ANNA, [first]);
    await saveBuild(database.db, build, { samples, exclusions: [] });
    const own = await save('own', drawn);
    const find = (found: typeof own) => measuredSplit(database.db, pool, found);
    expect(await find(own)).toBeNull();
    const stages = [{ clean: 20, closed: 20, open: 20 }];
    const settings = { seed: 's', halfWidth: 0.1, isBlind: true, stages };
    await saveMeasurePlan(database.db, 'p', { id: PLAN, buildId: 'b', splitId: 'own', person: 'anna', settings });
    // No look yet.
    expect(await find(own)).toBeNull();
    const lines = rows.map((row) => {
      const id = `00000000-0000-4000-8000-1${String(row).padStart(11, '0')}`;
      return {
        id,
        batch: id,
        sha256: sha256[row] as string,
        says: saysOf(row),
        origin: 'measure' as const,
        plan: PLAN,
      };
    });
    await storeDecisions(database.db, ANNA, lines);
    const shares = (found: Awaited<ReturnType<typeof find>>) =>
      found?.kinds.map(({ kind, looked, precision, recall }) => [kind, looked, precision?.share, recall?.share]);
    // All was looked at: clean and closed are right, what is called open is clean.
    const measured = await find(own);
    const ofNow = { splitId: 'own', lastLookAt: ANNA.at.toISOString() };
    expect(measured).toMatchObject({ ...ofNow, isComplete: true, overall: { share: 40 / 60, low: 40 / 60 } });
    // Given labels: those of clean images are right, and those of what is called open.
    expect(measured?.labels).toMatchObject({ share: 40 / 60 });
    expect(shares(measured)).toEqual([
      ['clean', 20, 1, 0.5],
      ['closed', 20, 1, 1],
      ['open', 20, 0, undefined],
    ]);
    const other = await find(
      await save(
        'other',
        splitOf(() => NOISE_KINDS.indexOf('clean' satisfies NoiseKind)),
      ),
    );
    expect(other).toMatchObject({ splitId: 'other', overall: { share: 40 / 60 } });
    expect(shares(other)?.[0]).toEqual(['clean', 60, 40 / 60, 1]);
    const corrected = await save(
      'corrected',
      splitOf((row) => (row < 20 ? 0 : row < 40 ? 1 : 0)),
      { corrections: { count: 20 } },
    );
    expect(await find(corrected)).toEqual(measured);
    // A log that was read already is not read again.
    expect(await measuredSplit(database.db, pool, own, [])).toBeNull();
    // The labels of a cleaned data set are others than the collected ones.
    await database.executeSql(`update builds set config = '{"build":{"labels":"decided"}}'::jsonb`, []);
    expect(await find(own)).toEqual({ ...measured, isOfCleaned: true });
    await database.executeSql(`update builds set config = '{}'::jsonb`, []);
    // An image of which nobody can say any more what it is counts for nothing.
    const keys = JSON.stringify(images.keys.slice(40, 42));
    await database.executeSql('update builds set forgotten_keys = $1::jsonb', [keys]);
    await database.executeSql('delete from decisions where sha256 = any($1)', [sha256.slice(40, 42)]);
    expect(await find(own)).toMatchObject({ isComplete: true, kinds: [{}, {}, { looked: 18 }] });
  });
});
