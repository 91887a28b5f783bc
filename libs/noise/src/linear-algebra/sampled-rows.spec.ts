import { evenlySpacedRows, spreadRows } from './sampled-rows';

describe('sampled rows', () => {
  it.each([spreadRows, evenlySpacedRows])('are all rows where these are few: %p', (sample) => {
    expect([...sample(5, 5)]).toEqual([0, 1, 2, 3, 4]);
    expect([...sample(3, 100)]).toEqual([0, 1, 2]);
    expect([...sample(0, 4)]).toEqual([]);
  });

  it('are in order and one of each stretch', () => {
    const rows = spreadRows(1000, 100);
    expect([...rows].map((row) => Math.floor(row / 10))).toEqual([...Array(100).keys()]);
    expect([...evenlySpacedRows(1000, 4)]).toEqual([0, 250, 500, 750]);
  });

  it('hold every class alike where ten classes take turns', () => {
    const perClass = new Int32Array(10);
    for (const row of spreadRows(40_960, 4096)) perClass[row % 10]! += 1;
    for (const count of perClass) expect(Math.abs(count - 409.6)).toBeLessThan(10);
  });
});
