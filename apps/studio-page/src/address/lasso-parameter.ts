import type { Parameter } from './codec';

/** One part of a lasso, in probabilities; it adds to the parts before it, or is taken away from them. */
export interface LassoPart {
  readonly isTakenAway: boolean;
  /** Corners: closed, open. */
  readonly corners: readonly (readonly [number, number])[];
}
export type Lasso = readonly LassoPart[];

/** As the server takes it. */
const MAX_PARTS = 16;
const MAX_CORNERS = 64;
const MAX_ALL_CORNERS = 256;
const MAX_TEXT = 4000;
const DIGITS = 5;

const CORNER = /^(-?\d*\.?\d+):(-?\d*\.?\d+)$/;

/** Polygons on the map: `.1:.2,.3:.2,.3:.4/!.2:.2,…`. Corners are rounded to five digits. */
export function lassoParameter(): Parameter<Lasso> {
  return {
    read: (text) => {
      const parts = text.split('/').map(readPart);
      return parts.includes(null) || !isWithinBounds(parts as Lasso, text) ? undefined : (parts as Lasso);
    },
    write: writeLasso,
    standard: [],
  };
}

/** Whether an address can hold it, and the server takes it. */
export function isLassoWithinBounds(lasso: Lasso): boolean {
  return isWithinBounds(lasso, writeLasso(lasso));
}

function isWithinBounds(lasso: Lasso, text: string): boolean {
  const corners = lasso.reduce((sum, part) => sum + part.corners.length, 0);
  return lasso.length <= MAX_PARTS && corners <= MAX_ALL_CORNERS && text.length <= MAX_TEXT;
}

const writeLasso = (lasso: Lasso): string => lasso.map(writePart).join('/');

function readPart(text: string): LassoPart | null {
  const isTakenAway = text.startsWith('!');
  const matches = (isTakenAway ? text.slice(1) : text).split(',').map((corner) => CORNER.exec(corner));
  if (matches.length < 3 || matches.length > MAX_CORNERS || matches.includes(null)) return null;
  return { isTakenAway, corners: matches.map((match) => [Number(match?.[1]), Number(match?.[2])] as const) };
}

function writePart({ isTakenAway, corners }: LassoPart): string {
  const text = corners.map(([closed, open]) => `${short(closed)}:${short(open)}`).join(',');
  return isTakenAway ? `!${text}` : text;
}

function short(value: number): string {
  const text = value
    .toFixed(DIGITS)
    .replace(/\.?0+$/, '')
    .replace(/^(-?)0\./, '$1.');
  return text === '-0' ? '0' : text;
}
