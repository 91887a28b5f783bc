import { nextSheet, SHEET_SIZE, sheetGroups, sheetOf } from './sheets';

/** 70 closed ones given 0 and likely 1, 5 given 1 and likely 0, 30 clean ones of class 0, growing surer by row. */
const pool = {
  kinds: Uint8Array.from({ length: 105 }, (_, row) => (row < 75 ? 1 : 0)),
  probabilities: Float32Array.from({ length: 315 }, (_, at) => (at % 3 === (at < 225 ? 1 : 0) ? 0.5 + at / 1000 : 0.1)),
  labels: Int32Array.from({ length: 105 }, (_, row) => (row >= 70 && row < 75 ? 1 : 0)),
  refinedLabels: Int32Array.from({ length: 105 }, (_, row) => (row < 70 ? 1 : 0)),
  isDecided: (_row: number): boolean => false,
};

describe('sheets', () => {
  it('are of the largest group, surest first', () => {
    const sheet = nextSheet(pool);
    expect(sheet).toMatchObject({ kind: 'closed', given: 0, refined: 1, groupSize: 70 });
    expect(sheet?.rows).toEqual(Array.from({ length: SHEET_SIZE }, (_, at) => 69 - at));
    const next = nextSheet({ ...pool, isDecided: (row) => row >= 10 && row < 70 });
    expect(next).toMatchObject({ kind: 'clean', given: 0, refined: null, groupSize: 30 });
    expect(next?.rows.slice(0, 2)).toEqual([104, 103]);
    expect(nextSheet({ ...pool, isDecided: () => true })).toBeNull();
  });

  it('come group by group, most doubtful first where that is asked for', () => {
    const groups = sheetGroups(pool);
    expect(groups.map(({ kind, given, groupSize }) => [kind, given, groupSize])).toEqual([
      ['closed', 0, 70],
      ['clean', 0, 30],
      ['closed', 1, 5],
    ]);
    const last = groups[2] as (typeof groups)[number];
    expect(sheetOf(pool, last, { isDoubtfulFirst: true, size: 3 }).rows).toEqual([70, 71, 72]);
  });
});
