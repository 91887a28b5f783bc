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
  const parts = parseLasso(text).map(bandsOf);
  return (closed, open) => isWithin(parts, closed, open);
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

const BANDS = 256;

/** A part whose sides are sorted into bands of equal height: a point is held against those of its own band only. */
interface BandedPart extends LassoPart {
  readonly lowest: number;
  readonly highest: number;
  /** Bands a unit of height. */
  readonly perUnit: number;
  /** Sides that reach into a band, by their first corner: `sides[start[b]]` up to `sides[start[b + 1]]`. */
  readonly start: Uint16Array;
  readonly sides: Uint16Array;
}

function bandsOf(part: LassoPart): BandedPart {
  const { open } = part;
  const lowest = Math.min(...open);
  const highest = Math.max(...open);
  const perUnit = highest > lowest ? BANDS / (highest - lowest) : 0;
  const bandAt = (height: number): number => Math.min(BANDS - 1, Math.floor((height - lowest) * perUnit));
  const start = new Uint16Array(BANDS + 1);
  const sides: number[] = [];
  for (let band = 0; band < BANDS; band += 1) {
    for (let corner = 0; corner < open.length; corner += 1) {
      const [from, to] = [open[corner] as number, open[(corner + 1) % open.length] as number];
      if (bandAt(Math.min(from, to)) <= band && bandAt(Math.max(from, to)) >= band) sides.push(corner);
    }
    start[band + 1] = sides.length;
  }
  return { ...part, lowest, highest, perUnit, start, sides: Uint16Array.from(sides) };
}

function isWithin(parts: readonly BandedPart[], closed: number, open: number): boolean {
  let isIn = false;
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] as BandedPart;
    // Adding to what is in, or taking from what is out, changes nothing.
    if (isIn === part.isTakenAway && isInPolygon(part, closed, open)) isIn = !isIn;
  }
  return isIn;
}

/** Casts a ray to the right; the banded sides are those that could meet it. */
function isInPolygon(part: BandedPart, x: number, y: number): boolean {
  if (!(y >= part.lowest && y <= part.highest)) return false;
  const { closed, open, start, sides } = part;
  const band = Math.min(BANDS - 1, Math.floor((y - part.lowest) * part.perUnit));
  const end = start[band + 1] as number;
  let isIn = false;
  for (let at = start[band] as number; at < end; at += 1) {
    const from = sides[at] as number;
    const to = from + 1 === open.length ? 0 : from + 1;
    const fromY = open[from] as number;
    const toY = open[to] as number;
    if (fromY > y === toY > y) continue;
    const fromX = closed[from] as number;
    if (x < (((closed[to] as number) - fromX) * (y - fromY)) / (toY - fromY) + fromX) isIn = !isIn;
  }
  return isIn;
}
