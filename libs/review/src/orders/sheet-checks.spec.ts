import type { DecisionLogLine } from '@winnow/contracts';
import { DecisionLog } from '../decisions/decision-log';
import { sheetChecks, sheetError, withSheetChecks } from './sheet-checks';

const nothing = { otherSha256: null, plan: null, chance: null, shown: null, note: null, settles: false };
const line = (seq: number, sha256: string | null, says: string, more: Partial<DecisionLogLine> = {}) => {
  const about = { seq, id: `id-${seq}`, batch: `batch-${seq}`, person: 'p', at: '', origin: 'one' as const };
  return { ...nothing, ...about, sha256, says, ...more };
};
/** Images a0, a1 … that one sheet says to be cats. */
const sheet = (count: number, batch = 'sheet', from = 1): DecisionLogLine[] =>
  Array.from({ length: count }, (_, at) => line(from + at, `${batch}-${at}`, 'class:cat', { origin: 'sheet', batch }));

describe('sheetChecks', () => {
  it('draw one in twenty, and the same ones as the log grows', () => {
    const first = sheetChecks(new DecisionLog(sheet(58)));
    expect(first).toHaveLength(2);
    const more = sheetChecks(new DecisionLog([...sheet(58), ...sheet(60, 'other', 100)]));
    expect(more).toHaveLength(5);
    expect(more.slice(0, 2)).toEqual(first);
    const places = Array.from({ length: 200 }, (_, at) => sheetChecks(new DecisionLog(sheet(20, 's', at + 1)))[0]);
    // Each of the twenty places is drawn now and then.
    expect(new Set(places.map((check) => check?.sha256)).size).toBe(20);
  });

  it('know what was said since, by single looks that stand', () => {
    const lines = sheet(60);
    const [first, second, third] = sheetChecks(new DecisionLog(lines)).map(({ sha256 }) => sha256) as string[];
    const log = new DecisionLog([
      ...lines,
      line(70, first!, 'class:cat'),
      line(71, second!, 'open'),
      line(72, third!, 'open', { batch: 'wrong key' }),
      line(73, null, 'undo', { batch: 'wrong key' }),
    ]);
    const checks = sheetChecks(log);
    expect(checks.map(({ again, isStanding }) => [again, isStanding])).toEqual([
      ['class:cat', false],
      ['open', false],
      [null, true],
    ]);
    expect(sheetError(checks)).toMatchObject({ waiting: 1, looked: 2, wrong: 1, share: { share: 0.5 } });
  });

  it('leave out what was undone, and count nothing where nobody was sure', () => {
    const lines = sheet(40);
    const [check] = sheetChecks(new DecisionLog(lines));
    const unsure = sheetChecks(new DecisionLog([...lines, line(50, check!.sha256, 'unsure')]));
    expect(sheetError(unsure)).toEqual({ waiting: 1, looked: 0, wrong: 0, share: null });
    expect(sheetChecks(new DecisionLog([...lines, line(50, null, 'undo', { batch: 'sheet' })]))).toEqual([]);
    expect(sheetError([])).toEqual({ waiting: 0, looked: 0, wrong: 0, share: null });
  });
});

describe('withSheetChecks', () => {
  it('mixes in at most one in ten, and no image twice', () => {
    const images = Array.from({ length: 20 }, (_, at) => `image ${at}`);
    const mixed = withSheetChecks(images, ['x', 'y', 'z'], 20);
    expect(mixed).toHaveLength(20);
    expect(mixed.filter((image) => image.length === 1).length).toBeLessThanOrEqual(2);
    expect(withSheetChecks([], ['x', 'y'], 5)).toEqual(['x']);
    expect(withSheetChecks(['x'], ['x'], 5)).toEqual(['x']);
  });
});
