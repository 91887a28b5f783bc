import type { MapPoints } from './map-points';
import { isSet, MAX_NUMBER } from './map-points';
import { CHOSEN, VISIBLE } from './point-painter';

export const COLOURINGS = ['kind', 'given', 'refined', 'decided', 'doubt'] as const;
export type Colouring = (typeof COLOURINGS)[number];

export const COLOURING_WORDS: Readonly<Record<Colouring, string>> = {
  kind: 'kind',
  given: 'given class',
  refined: 'likely class',
  decided: 'decided',
  doubt: 'doubt',
};

/** One colour of the map, with its words. */
export interface MapColour {
  readonly words: string;
  /** Of CSS. */
  readonly colour: string;
  /** The value that a filter of the colouring's name has for it; null: for none alone. */
  readonly value: string | null;
}

/** How points are coloured: a number for each image, and what the numbers mean. */
export interface MapColours {
  readonly colours: readonly MapColour[];
  /** Index into `colours`. */
  colourOf(row: number): number;
}

/** Classes that have a colour of their own; the others share one. */
const MAX_HUES = 12;
const DOUBT_STEPS = 6;
/** Of three shares the largest is a third at least. */
const MAX_DOUBT = 2 / 3;

/** @param states what was decided, a byte an image; null: not known yet */
export function coloursOf(
  colouring: Colouring,
  points: MapPoints,
  { classes, states }: { readonly classes: readonly string[]; readonly states: Uint8Array | null },
): MapColours {
  switch (colouring) {
    case 'kind': {
      const colours = ['clean', 'closed', 'open'].map((kind) => ({
        words: kind,
        colour: `var(--${kind})`,
        value: kind,
      }));
      return { colours, colourOf: (row) => Math.min(2, points.kind[row] as number) };
    }
    case 'given':
      return classColours(points.given, classes);
    case 'refined':
      return classColours(points.refined, classes);
    case 'decided':
      return { colours: STATES, colourOf: (row) => states?.[row] ?? 0 };
    case 'doubt':
      return { colours: DOUBTS, colourOf: (row) => Math.min(DOUBT_STEPS - 1, Math.floor((doubtOf(points, row) / MAX_DOUBT) * DOUBT_STEPS)) }; // prettier-ignore
  }
}

const STATES: readonly MapColour[] = [
  { words: 'not decided', colour: 'color-mix(in srgb, var(--soft) 55%, var(--paper))', value: 'none' },
  { words: 'decided', colour: 'var(--s1)', value: 'decided' },
  { words: 'disputed', colour: 'var(--alarm)', value: 'disputed' },
  { words: 'unsure', colour: 'var(--closed)', value: 'unsure' },
];

const DOUBTS: readonly MapColour[] = Array.from({ length: DOUBT_STEPS }, (_, step) => {
  const [from, to] = [step, step + 1].map((end) => ((end * MAX_DOUBT) / DOUBT_STEPS).toFixed(2).replace(/^0/, ''));
  const share = Math.round((100 * step) / (DOUBT_STEPS - 1));
  return { words: `${from} – ${to}`, colour: `color-mix(in oklab, var(--s2) ${share}%, var(--s1))`, value: null };
});

function doubtOf({ places }: MapPoints, row: number): number {
  const [closed, open] = [places[2 * row] as number, places[2 * row + 1] as number];
  return 1 - Math.max(closed, open, MAX_NUMBER - closed - open) / MAX_NUMBER;
}

/** The most frequent classes have a hue each, in the order of the project; so colours stay whatever is filtered. */
function classColours(column: Uint16Array, classes: readonly string[]): MapColours {
  const counts = new Uint32Array(classes.length + 1);
  for (let row = 0; row < column.length; row += 1) {
    const label = Math.min(column[row] as number, classes.length);
    counts[label] = (counts[label] as number) + 1;
  }
  const labels = classes.map((_, label) => label);
  labels.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const own = labels.slice(0, MAX_HUES).sort((a, b) => a - b);
  const colours: MapColour[] = own.map((label, at) => {
    const hue = Math.round((360 * at) / own.length + 20);
    const [light, dark] = [`oklch(0.56 0.14 ${hue})`, `oklch(0.77 0.12 ${hue})`];
    return { words: classes[label] ?? '', colour: `light-dark(${light}, ${dark})`, value: classes[label] ?? null };
  });
  const others = classes.length > own.length;
  if (others) colours.push({ words: 'other classes', colour: 'var(--soft)', value: null });
  const numbers = new Uint8Array(MAX_NUMBER + 1).fill(others ? own.length : 0);
  own.forEach((label, at) => {
    numbers[label] = at;
  });
  return { colours, colourOf: (row) => numbers[column[row] as number] as number };
}

/** A byte an image for the painter, and how many of each colour are visible. */
export function codePoints(
  { colours, colourOf }: MapColours,
  count: number,
  visible: Uint8Array,
): { readonly codes: Uint8Array<ArrayBuffer>; readonly counts: readonly number[] } {
  const codes = new Uint8Array(count);
  const counts = new Uint32Array(colours.length);
  for (let row = 0; row < count; row += 1) {
    if (!isSet(visible, row)) continue;
    const colour = colourOf(row);
    counts[colour] = (counts[colour] as number) + 1;
    codes[row] = colour | VISIBLE;
  }
  return { codes, counts: [...counts] };
}

/** The same bytes with those marked that are in a lasso: visible ones, as the server takes no others. */
export function withChosen(codes: Uint8Array<ArrayBuffer>, chosen: Uint8Array | null): Uint8Array<ArrayBuffer> {
  if (chosen === null) return codes;
  const marked = codes.slice();
  for (let byte = 0; byte < chosen.length; byte += 1) {
    for (let rest = chosen[byte] as number; rest !== 0; rest &= rest - 1) {
      const row = 8 * byte + 31 - Math.clz32(rest & -rest);
      marked[row] = (marked[row] as number) | CHOSEN;
    }
  }
  return marked;
}
