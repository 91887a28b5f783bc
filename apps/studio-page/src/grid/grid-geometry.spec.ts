import fc from 'fast-check';
import type { GridMove } from './grid-geometry';
import {
  firstIndex,
  isCompressed,
  layoutGrid,
  MAX_SCROLL_PIXELS,
  moveInGrid,
  rowsInView,
  scrollOfTop,
  topOfScroll,
  topToShow,
} from './grid-geometry';

const shape = fc.record({
  width: fc.integer({ min: 0, max: 4000 }),
  height: fc.integer({ min: 1, max: 3000 }),
  tilePixels: fc.integer({ min: 40, max: 300 }),
  gap: fc.integer({ min: 0, max: 8 }),
  total: fc.integer({ min: 0, max: 3_000_000 }),
});
const share = fc.integer({ min: 0, max: 10_000 }).map((part) => part / 10_000);

describe('the layout of a grid', () => {
  it('is that which a hand computes', () => {
    // 8 tiles of 121 and 7 gaps of 4 are 996; 2,000 tiles are 250 rows.
    const layout = layoutGrid({ width: 996, height: 703, tilePixels: 112, gap: 4, total: 2000 });
    expect(layout).toMatchObject({
      columns: 8,
      side: 121,
      rows: 250,
      rowHeight: 125,
      scrollHeight: 31_246,
      maxTop: 30_543,
    });
    expect(isCompressed(layout)).toBe(false);
    expect(rowsInView(layout, 0)).toEqual({ first: 0, end: 7 });
    expect(rowsInView(layout, 1000)).toEqual({ first: 7, end: 15 });
    expect(topToShow(layout, 0, 900)).toBe(0);
    expect(topToShow(layout, 1999, 0)).toBe(30_543);
    // Row 6 ends at 871: the view has to begin at 168.
    expect(topToShow(layout, 48, 0)).toBe(168);
    expect(topToShow(layout, 48, 300)).toBe(300);
    expect(firstIndex(layout, 1000)).toBe(64);
  });

  it('of a million in three columns is no higher than browsers can draw, and reaches the last', () => {
    const layout = layoutGrid({ width: 376, height: 560, tilePixels: 112, gap: 4, total: 1_000_000 });
    expect(layout.columns).toBe(3);
    expect(layout.scrollHeight).toBe(MAX_SCROLL_PIXELS);
    expect(isCompressed(layout)).toBe(true);
    const bottom = topOfScroll(layout, layout.scrollHeight - layout.height);
    expect(bottom).toBe(layout.maxTop);
    expect(rowsInView(layout, bottom).end).toBe(333_334);
  });

  it('shows every tile that is asked for, whole where it fits', () => {
    fc.assert(
      fc.property(shape, share, share, (given, at, from) => {
        const layout = layoutGrid(given);
        fc.pre(layout.total > 0);
        const index = Math.floor(at * (layout.total - 1));
        const top = topToShow(layout, index, from * layout.maxTop);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(layout.maxTop);
        const row = Math.floor(index / layout.columns);
        const { first, end } = rowsInView(layout, top);
        expect(row >= first && row < end).toBe(true);
        if (layout.side <= layout.height) {
          expect(row * layout.rowHeight).toBeGreaterThanOrEqual(top);
          expect(row * layout.rowHeight + layout.side).toBeLessThanOrEqual(top + layout.height);
        }
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('turns places of the scroll bar into places of the view and back', () => {
    fc.assert(
      fc.property(shape, share, (given, at) => {
        const layout = layoutGrid(given);
        const top = at * layout.maxTop;
        expect(layout.scrollHeight).toBeLessThanOrEqual(Math.max(MAX_SCROLL_PIXELS, given.height));
        expect(Math.abs(topOfScroll(layout, scrollOfTop(layout, top)) - top)).toBeLessThan(1e-6 * (1 + top));
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('draws few rows, however many there are', () => {
    fc.assert(
      fc.property(shape, share, (given, at) => {
        const layout = layoutGrid(given);
        const { first, end } = rowsInView(layout, at * layout.maxTop);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(layout.rows);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(layout.height / layout.rowHeight) + 4);
      }),
      { seed: 23, numRuns: 300 },
    );
  });
});

describe('moves in a grid', () => {
  const layout = layoutGrid({ width: 100, height: 60, tilePixels: 20, gap: 0, total: 13 });
  const from = (index: number) => (move: GridMove) => moveInGrid(layout, index, move);

  it('are those of five columns and thirteen tiles', () => {
    expect(layout.columns).toBe(5);
    expect((['left', 'right', 'up', 'down', 'row-start', 'row-end', 'start', 'end'] as const).map(from(6))).toEqual([
      5, 7, 1, 11, 5, 9, 0, 12,
    ]);
    expect((['up', 'down', 'row-end', 'page-up', 'page-down'] as const).map(from(12))).toEqual([7, 12, 12, 2, 12]);
    // The last row has no fourth tile: down goes to its last one.
    expect(from(8)('down')).toBe(12);
    expect(from(2)('page-down')).toBe(12);
    expect(from(3)('up')).toBe(3);
  });

  it('never leave the list', () => {
    const moves: GridMove[] = [
      'left',
      'right',
      'up',
      'down',
      'row-start',
      'row-end',
      'start',
      'end',
      'page-up',
      'page-down',
    ];
    fc.assert(
      fc.property(shape, share, fc.array(fc.constantFrom(...moves), { maxLength: 30 }), (given, at, steps) => {
        const grid = layoutGrid(given);
        fc.pre(grid.total > 0);
        let index = Math.floor(at * (grid.total - 1));
        for (const step of steps) {
          index = moveInGrid(grid, index, step);
          expect(Number.isInteger(index) && index >= 0 && index < grid.total).toBe(true);
        }
      }),
      { seed: 23, numRuns: 300 },
    );
  });

  it('reach any tile of a million by keys only', () => {
    const grid = layoutGrid({ width: 996, height: 703, tilePixels: 112, gap: 4, total: 1_000_000 });
    let index = moveInGrid(grid, 0, 'end');
    expect(index).toBe(999_999);
    for (let keys = 0; index - 777_776 >= grid.columns; keys += 1) {
      index = moveInGrid(grid, index, index - 777_776 > 40 ? 'page-up' : 'up');
      expect(keys).toBeLessThan(10_000);
    }
    while (index > 777_776) index = moveInGrid(grid, index, 'left');
    expect(index).toBe(777_776);
  });
});
