import { WinnowError } from '@winnow/contracts';

/** Of one lasso, so that an address can hold it and a scan stays cheap. */
const MAX_PARTS = 16;
const MAX_POINTS = 64;
/** Of all parts together: each image may be held against all of them. */
const MAX_ALL_POINTS = 256;

/** One part of a lasso: what lies within the polygon is added, or taken away from the parts before it. */
interface LassoPart {
  readonly isTakenAway: boolean;
  /** Corners; the last one is joined to the first. */
  readonly closed: Float64Array;
  readonly open: Float64Array;
}

const NUMBER = String.raw`-?(?:\d{1,3}\.?\d{0,9}|\.\d{1,9})`;
const CORNER = new RegExp(`^(${NUMBER}):(${NUMBER})$`);

/**
 * Reads a part of the map. A place is a pair of probabilities, closed:open; a polygon is a list of at least three with
 * commas; parts have `/` between them, and one with `!` before it takes away from those before it. What lies on a side is
 * within or not, as even-odd ray casting has it.
 * @returns whether a place is within
 * @throws WinnowError USAGE for a text that is none
 */
export function readLasso(text: string): (closed: number, open: number) => boolean {
  const parts = parseLasso(text);
  const cells = cellsOf(parts);
  return (closed, open) => {
    // What is no probability is in no cell.
    if (!(closed >= 0 && closed <= 1 && open >= 0 && open <= 1)) return isWithin(parts, closed, open);
    const [column, row] = [Math.floor(closed * CELLS), Math.floor(open * CELLS)];
    const cell = row * SIDE + column;
    if (cells[cell] === UNKNOWN) {
      cells[cell] = isWithin(parts, (column + 0.5) / CELLS, (row + 0.5) / CELLS) ? WITHIN : OUTSIDE;
    }
    return cells[cell] === MIXED ? isWithin(parts, closed, open) : cells[cell] === WITHIN;
  };
}

function parseLasso(text: string): readonly LassoPart[] {
  const parts = text.split('/').map((part): LassoPart | null => {
    const isTakenAway = part.startsWith('!');
    const corners = (isTakenAway ? part.slice(1) : part).split(',').map((corner) => CORNER.exec(corner.trim()));
    if (corners.length < 3 || corners.length > MAX_POINTS || corners.includes(null)) return null;
    const side = (index: 1 | 2): Float64Array => Float64Array.from(corners, (match) => Number(match?.[index]));
    return { isTakenAway, closed: side(1), open: side(2) };
  });
  const points = parts.reduce((sum, part) => sum + (part?.open.length ?? 0), 0);
  const isShort = parts.length <= MAX_PARTS && points <= MAX_ALL_POINTS;
  if (isShort && !parts.includes(null)) return parts as readonly LassoPart[];
  throw new WinnowError('USAGE', `"${text.slice(0, 50)}" is no lasso`, {
    where: 'lasso',
    next: `Write closed:open of three to ${MAX_POINTS} corners, as in 0:0,.5:0,0:.5, with / between at most ${MAX_PARTS} parts of ${MAX_ALL_POINTS} corners in all.`,
  });
}

/** Cells a unit; one more begins at 1. */
const CELLS = 256;
const SIDE = CELLS + 1;
const UNKNOWN = 0;
const OUTSIDE = 1;
const WITHIN = 2;
/** A side may run through it: each place is looked at by itself. */
const MIXED = 3;

/** A grid over all places: in a cell that no side comes near, all places are as its middle, which is asked when it is needed. */
function cellsOf(parts: readonly LassoPart[]): Uint8Array {
  const cells = new Uint8Array(SIDE * SIDE);
  for (const { closed, open } of parts) {
    for (let from = 0; from < open.length; from += 1) {
      const to = (from + 1) % open.length;
      mixCells(
        cells,
        [closed[from], open[from], closed[to], open[to]].map((end) => (end as number) * CELLS),
      );
    }
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

function isWithin(parts: readonly LassoPart[], closed: number, open: number): boolean {
  let isIn = false;
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] as LassoPart;
    // Adding to what is in, or taking from what is out, changes nothing.
    if (isIn === part.isTakenAway && isInPolygon(part, closed, open)) isIn = !isIn;
  }
  return isIn;
}

/** Casts a ray to the right. */
function isInPolygon({ closed, open }: LassoPart, x: number, y: number): boolean {
  let isIn = false;
  for (let to = 0, from = open.length - 1; to < open.length; from = to, to += 1) {
    const fromY = open[from] as number;
    const toY = open[to] as number;
    if (fromY > y === toY > y) continue;
    const fromX = closed[from] as number;
    if (x < (((closed[to] as number) - fromX) * (y - fromY)) / (toY - fromY) + fromX) isIn = !isIn;
  }
  return isIn;
}
