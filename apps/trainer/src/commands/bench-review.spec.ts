import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandInput, CommandIo } from '@winnow/contracts';
import { writeSmallWorld } from '../measure/spec-support/small-world';
import type { SmallWorld } from '../measure/spec-support/small-world';
import type { ReviewMeasures } from '../measure/measure-review';
import { SIMULATED_ORDERS } from '../measure/simulate-review';
import { startTensorEngine } from '../start-tensor-engine';
import { benchReviewCommand } from './bench-review';

const io = {
  cwd: '/',
  env: process.env,
  log: () => undefined,
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  signal: new AbortController().signal,
} as unknown as CommandIo;

let small: SmallWorld;
beforeAll(async () => {
  await startTensorEngine('auto', io);
  small = await writeSmallWorld(path.join(await mkdtemp(path.join(tmpdir(), 'winnow-review-')), 'shapes'));
});
afterAll(async () => rm(path.dirname(small.folder), { recursive: true, force: true }));

const run = (options: Record<string, unknown>) => {
  const all = { split: 'winnow', reviewSeed: 1, engine: 'auto', ...options };
  return benchReviewCommand.run?.({ arguments: { world: small.folder }, options: all } as unknown as CommandInput, io);
};

describe('bench review', () => {
  it.each([
    ['--orders', { orders: 'doubt,none' }],
    ['--looks', { looks: '250,' }],
    ['--looks', { looks: '1.5' }],
    ['--errors', { errors: '3' }],
    ['--method', { method: 'kd' }],
    ['--checkpoint', { checkpoint: 'kept' }],
  ])('refuses what makes no sense, and names its flag %s', async (where, options) => {
    await expect(run(options)).rejects.toMatchObject({ code: 'USAGE', where });
  });

  it('says what every order, number of looks and share of errors was worth, the same each time', async () => {
    const result = await run({ looks: '5,20', errors: '0,0.5' });
    const { rows, macroF1, ...about } = result?.json as unknown as ReviewMeasures;
    expect(about).toEqual({ world: 'shapes', count: small.train.count, split: 'winnow' });
    expect(rows.map(({ by, count, errorRate }) => [by, errorRate, count])).toEqual(
      SIMULATED_ORDERS.flatMap((by) => [0, 0.5].flatMap((rate) => [5, 20].map((count) => [by, rate, count]))),
    );
    for (const row of rows) {
      expect(row.macroF1.before).toBe(macroF1);
      expect(row.decided).toBeLessThanOrEqual(row.count);
      // Who never errs, and whose decisions stand, cannot make it worse.
      if (row.errorRate === 0) expect(row.macroF1.overlaid).toBeGreaterThanOrEqual(macroF1 - 0.05);
    }
    const again = (await run({ looks: '5', errors: '0', orders: 'worth,random' }))?.json as unknown as ReviewMeasures;
    const known = again.rows.map(({ seconds: _, ...row }) => row);
    expect(rows.map(({ seconds: _, ...row }) => row)).toEqual(expect.arrayContaining(known));
    expect(result?.text).toHaveLength(2 + rows.length);
  });

  it('trains a student after each review and one without, with checkpoints of their own', async () => {
    const checkpoint = path.join(path.dirname(small.folder), 'students');
    const student = { student: true, method: 'ce', seed: 1, epochs: 1, checkpoint };
    const options = { orders: 'doubt', looks: '10', errors: '0', ...student };
    const { accuracy, rows } = (await run(options))?.json as unknown as ReviewMeasures;
    expect([accuracy, rows[0]?.accuracy].every((value) => (value as number) >= 0 && (value as number) <= 1)).toBe(true);
    expect((await readdir(checkpoint)).sort()).toEqual(['doubt-10-0-1', 'none']);
  });
});
