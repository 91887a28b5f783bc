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
  it('draw one in twenty, and the same ones as the log grows and as lines of forgotten images go', () => {
    const lines = sheet(4000);
    const all = sheetChecks(new DecisionLog(lines));
    // A twentieth; four standard deviations are 55.
    expect(Math.abs(all.length - 200)).toBeLessThan(55);
    const first = sheetChecks(new DecisionLog(lines.slice(0, 1000)));
    expect(all.slice(0, first.length)).toEqual(first);
    const isForgotten = (at: number): boolean => at % 7 === 3 || at < 10;
    const left = lines.filter((_, at) => !isForgotten(at));
    const gone = new Set(lines.flatMap(({ sha256 }, at) => (isForgotten(at) ? [sha256] : [])));
    expect(sheetChecks(new DecisionLog(left))).toEqual(all.filter(({ sha256 }) => !gone.has(sha256)));
  });

  it('know what was said since, by single looks that stand', () => {
    const drawn = sheetChecks(new DecisionLog(sheet(200))).map(({ sha256 }) => sha256);
    const [first, second, third] = drawn as [string, string, string];
    const lines = sheet(200).filter(({ sha256 }) => !drawn.slice(3).includes(sha256 ?? ''));
    const log = new DecisionLog([
      ...lines,
      line(270, first, 'class:cat'),
      line(271, second, 'open'),
      line(272, third, 'open', { batch: 'wrong key' }),
      line(273, null, 'undo', { batch: 'wrong key' }),
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
    const lines = sheet(200);
    const [check, ...others] = sheetChecks(new DecisionLog(lines));
    expect(others).not.toEqual([]);
    const unsure = sheetChecks(new DecisionLog([...lines, line(250, check!.sha256, 'unsure')]));
    expect(sheetError(unsure)).toEqual({ waiting: others.length, looked: 0, wrong: 0, share: null });
    expect(sheetChecks(new DecisionLog([...lines, line(250, null, 'undo', { batch: 'sheet' })]))).toEqual([]);
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
