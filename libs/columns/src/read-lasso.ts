import { LASSO_LIMITS, parseLasso, WinnowError } from '@winnow/contracts';
import type { Lasso, MapLayout } from '@winnow/contracts';

/** A polygon, by its sides. */
interface Polygon {
  readonly isTakenAway: boolean;
  /** Corners; the last one is joined to the first. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** Coordinates of places, by row. */
interface Places {
  readonly xs: Float32Array | Float64Array;
  readonly ys: Float32Array | Float64Array;
}

/** A part of the map, ready to be held against places. */
export interface ReadLasso {
  readonly layout: MapLayout;
  /** Sets a bit of each place that is not within. */
  markOutside(places: Places, missed: Uint16Array, bit: number): void;
}

/**
 * Reads a part of the map, as `parseLasso` of contracts has it. What lies on a side is within or not, as even-odd ray
 * casting has it.
 * @throws WinnowError USAGE for a text that is none
 */
export function readLasso(text: string): ReadLasso {
  const { layout, parts } = requireLasso(text);
  const polygons = parts.map(({ isTakenAway, corners }): Polygon => {
    const side = (index: 0 | 1): Float64Array => Float64Array.from(corners, (corner) => corner[index]);
    return { isTakenAway, xs: side(0), ys: side(1) };
  });
  const cells = cellsOf(polygons);
  return { layout, markOutside: (places, missed, bit) => markOutside({ polygons, cells }, places, { missed, bit }) };
}

function markOutside(
  { polygons, cells }: { readonly polygons: readonly Polygon[]; readonly cells: Uint8Array },
  { xs, ys }: Places,
  { missed, bit }: { readonly missed: Uint16Array; readonly bit: number },
): void {
  for (let row = 0; row < missed.length; row += 1) {
    const x = xs[row] as number;
    const y = ys[row] as number;
    // What is beyond the map, or no number, is in no cell.
    const isOnMap = x >= 0 && x <= 1 && y >= 0 && y <= 1;
    const cell = isOnMap ? (cells[Math.floor(y * CELLS) * SIDE + Math.floor(x * CELLS)] as number) : MIXED;
    const isOutside = cell === MIXED ? (isWithin(polygons, x, y) ? WITHIN : OUTSIDE) : cell;
    // Without a branch, which a processor guesses wrong on mixed rows.
    missed[row] = (missed[row] as number) | (isOutside * bit);
  }
}

function requireLasso(text: string): Lasso {
  const lasso = parseLasso(text);
  if (lasso !== null) return lasso;
  const { parts, corners, allCorners } = LASSO_LIMITS;
  throw new WinnowError('USAGE', `"${text.slice(0, 50)}" is no lasso`, {
    where: 'lasso',
    next: `Write closed:open of three to ${corners} corners, as in 0:0,.5:0,0:.5, with / between at most ${parts} parts of ${allCorners} corners in all, and neighbours/ before those of that layout.`,
  });
}

/** Cells a unit; one more begins at 1. */
const CELLS = 256;
const SIDE = CELLS + 1;
const WITHIN = 0;
const OUTSIDE = 1;
/** A side may run through it: each place is looked at by itself. */
const MIXED = 2;

/** A grid over all places: in a cell that no side comes near, all places are as its middle, and as those of the cell before it. */
function cellsOf(polygons: readonly Polygon[]): Uint8Array {
  const cells = new Uint8Array(SIDE * SIDE);
  for (const { xs, ys } of polygons) {
    for (let from = 0; from < ys.length; from += 1) {
      const to = (from + 1) % ys.length;
      mixCells(
        cells,
        [xs[from], ys[from], xs[to], ys[to]].map((end) => (end as number) * CELLS),
      );
    }
  }
  for (let cell = 0; cell < cells.length; cell += 1) {
    if (cells[cell] === MIXED) continue;
    const column = cell % SIDE;
    const before = column === 0 ? MIXED : (cells[cell - 1] as number);
    const middle = [(column + 0.5) / CELLS, (Math.floor(cell / SIDE) + 0.5) / CELLS] as const;
    cells[cell] = before === MIXED ? (isWithin(polygons, ...middle) ? WITHIN : OUTSIDE) : before;
  }
  return cells;
}

/** Marks the cells of one side and those around them. @param ends x and y of both, in cells */
function mixCells(cells: Uint8Array, ends: readonly number[]): void {
  const [fromX, fromY, toX, toY] = ends as [number, number, number, number];
  const [lowest, highest] = [Math.min(fromY, toY), Math.max(fromY, toY)];
  const within = (value: number): number => Math.min(CELLS, Math.max(0, Math.floor(value)));
  /** Where the side is at a height, or its end next to that. */
  const xAt = (y: number): number =>
    fromX + ((Math.min(highest, Math.max(lowest, y)) - fromY) / (toY - fromY)) * (toX - fromX);
  for (let row = within(lowest - 1); row <= within(highest + 1); row += 1) {
    const [one, other] = fromY === toY ? [fromX, toX] : [xAt(row - 1), xAt(row + 2)];
    const first = row * SIDE;
    cells.fill(MIXED, first + within(Math.min(one, other) - 1), first + within(Math.max(one, other) + 1) + 1);
  }
}

function isWithin(polygons: readonly Polygon[], x: number, y: number): boolean {
  let isIn = false;
  for (let at = 0; at < polygons.length; at += 1) {
    const polygon = polygons[at] as Polygon;
    // Adding to what is in, or taking from what is out, changes nothing.
    if (isIn === polygon.isTakenAway && isInPolygon(polygon, x, y)) isIn = !isIn;
  }
  return isIn;
}

/** Casts a ray to the right. */
function isInPolygon({ xs, ys }: Polygon, x: number, y: number): boolean {
  let isIn = false;
  for (let to = 0, from = ys.length - 1; to < ys.length; from = to, to += 1) {
    const fromY = ys[from] as number;
    const toY = ys[to] as number;
    if (fromY > y === toY > y) continue;
    const fromX = xs[from] as number;
    if (x < (((xs[to] as number) - fromX) * (y - fromY)) / (toY - fromY) + fromX) isIn = !isIn;
  }
  return isIn;
}
