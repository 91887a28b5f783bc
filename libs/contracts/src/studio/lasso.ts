/**
 * How the map lays images out: `triangle` between clean, closed and open, a place is closed:open; `neighbours` as
 * `winnow embed --layout` does it, a place is x:y, from 0 to 1.
 */
export const MAP_LAYOUTS = ['triangle', 'neighbours'] as const;
export type MapLayout = (typeof MAP_LAYOUTS)[number];

/** One part of a lasso: what lies within adds to the parts before it, or is taken away from them. */
export interface LassoPart {
  readonly isTakenAway: boolean;
  /** Of a polygon, the last one is joined to the first. */
  readonly corners: readonly (readonly [number, number])[];
}

/** A part of the map. */
export interface Lasso {
  readonly layout: MapLayout;
  readonly parts: readonly LassoPart[];
}

/** So that an address can hold it, and a scan stays cheap: each image may be held against all corners. */
export const LASSO_LIMITS = { parts: 16, corners: 64, allCorners: 256, text: 4000 } as const;

const NUMBER = String.raw`-?(?:\d{1,3}\.?\d{0,9}|\.\d{1,9})`;
const CORNER = new RegExp(`^(${NUMBER}):(${NUMBER})$`);
const DIGITS = 5;

/**
 * Reads a lasso as addresses have it: corners `closed:open` with commas, `/` between parts, `!` before one that is taken
 * away: `.1:.2,.3:.2,.3:.4/!.2:.2,…`. `neighbours/` before all of it says that corners are x:y of that layout.
 * @returns null for a text that is none, or beyond LASSO_LIMITS
 */
export function parseLasso(text: string): Lasso | null {
  const [first = '', ...rest] = text.split('/');
  const layout = first === 'neighbours' ? first : 'triangle';
  const parts = (layout === 'triangle' ? [first, ...rest] : rest).map(parsePart);
  if (parts.length === 0 || parts.includes(null)) return null;
  const lasso = { layout, parts: parts as LassoPart[] } as const;
  return isWithinBounds(lasso, text) ? lasso : null;
}

/** Corners are rounded to five digits, which is less than a point of a screen. @returns '' without parts */
export function writeLasso({ layout, parts }: Lasso): string {
  const text = parts.map(writePart).join('/');
  return layout === 'triangle' || text === '' ? text : `${layout}/${text}`;
}

/** Whether an address can hold it. */
export function isLassoWithinBounds(lasso: Lasso): boolean {
  return isWithinBounds(lasso, writeLasso(lasso));
}

function isWithinBounds({ parts }: Lasso, text: string): boolean {
  const corners = parts.reduce((sum, part) => sum + part.corners.length, 0);
  const { parts: most, allCorners, text: longest } = LASSO_LIMITS;
  return parts.length <= most && corners <= allCorners && text.length <= longest;
}

function parsePart(text: string): LassoPart | null {
  const isTakenAway = text.startsWith('!');
  const matches = (isTakenAway ? text.slice(1) : text).split(',').map((corner) => CORNER.exec(corner.trim()));
  if (matches.length < 3 || matches.length > LASSO_LIMITS.corners || matches.includes(null)) return null;
  return { isTakenAway, corners: matches.map((match) => [Number(match?.[1]), Number(match?.[2])] as const) };
}

function writePart({ isTakenAway, corners }: LassoPart): string {
  const text = corners.map(([x, y]) => `${short(x)}:${short(y)}`).join(',');
  return isTakenAway ? `!${text}` : text;
}

function short(value: number): string {
  const text = value
    .toFixed(DIGITS)
    .replace(/\.?0+$/, '')
    .replace(/^(-?)0\./, '$1.');
  return text === '-0' ? '0' : text;
}
