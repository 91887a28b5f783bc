import { UNDECIDED } from '@winnow/config';
import type { CorrectionRow } from '@winnow/config';
import { compareText, IMPORT_ENGINE, NOISE_KINDS, parseUrl, WORLD_ENGINE } from '@winnow/contracts';
import { csvText, plainCell } from '@winnow/files';

/** Of a split's list, in this order. */
export const SPLIT_LIST_COLUMNS = [
  'picture',
  'class',
  'given',
  'kind',
  'clean',
  'closed',
  'open',
  'refined',
  'url',
] as const;
/** What a person said already: nothing is surer. */
const DECIDED = 2;

/** The images of a list, by row. */
interface ListedPool {
  readonly images: { readonly labels: ArrayLike<number>; readonly classes: readonly string[] };
  /** Listings of each image, the first of which is named. */
  readonly provenance: readonly (readonly { readonly imageUrl: string }[])[];
  readonly sha256: readonly string[];
}

/** What the split says of them. */
interface ListedSplit {
  /** Indices into NOISE_KINDS. */
  readonly kinds: ArrayLike<number>;
  /** Clean, closed and open of each row, in single precision. */
  readonly probabilities: Float32Array;
  readonly refinedLabels: ArrayLike<number>;
}

interface ListedDecisions {
  readonly applied: readonly { readonly row: number; readonly truth: number | 'open' }[];
  /** Lines of an earlier list that decide on no image of the pool: they stay, at the end. */
  readonly unapplied: readonly Pick<CorrectionRow, 'cells'>[];
}

/**
 * The split as a CSV for a person to look at, most doubtful first, decided ones last: `split.corrections` once the class
 * column holds classes (or `open`) in place of `?`. Images go by their sha256: a sample's key is another image's in the
 * next build. Equal input gives equal text.
 */
export function* splitListLines(
  { images, provenance, sha256 }: ListedPool,
  split: ListedSplit,
  { applied, unapplied }: ListedDecisions,
): Generator<string> {
  const { classes } = images;
  const said = new Map(applied.map(({ row, truth }) => [row, truth]));
  const sureness = (row: number): number => {
    if (said.has(row)) return DECIDED;
    return Math.max(...[0, 1, 2].map((kind) => split.probabilities[3 * row + kind] as number));
  };
  const rows = sha256.map((image, row) => ({ picture: image, row, sure: sureness(row) }));
  rows.sort((a, b) => a.sure - b.sure || compareText(a.picture, b.picture) || a.row - b.row);
  const className = (label: number | undefined): string => classes[label ?? -1] ?? '';
  // Where a class is named so, only an empty cell says that there is none.
  const noClass = classes.includes('open') ? '' : 'open';
  const decision = (row: number): string => {
    const truth = said.get(row);
    if (truth === undefined) return UNDECIDED;
    return truth === 'open' ? noClass : className(truth);
  };
  yield csvText(SPLIT_LIST_COLUMNS);
  for (const { picture: image, row } of rows) {
    yield csvText([
      image,
      decision(row),
      className(images.labels[row]),
      NOISE_KINDS[split.kinds[row] as number] as string,
      ...[0, 1, 2].map((kind) => (split.probabilities[3 * row + kind] as number).toFixed(4)),
      className(split.refinedLabels[row]),
      webAddress(provenance[row]?.[0]?.imageUrl),
    ]);
  }
  for (const { cells } of unapplied) yield csvText(cells.map(plainCell));
}

/** Schemes of addresses that a click does not run. */
const SCHEMES = new Set(['http:', 'https:', `${IMPORT_ENGINE}:`, `${WORLD_ENGINE}:`]);

/** Where the image is from, in the form that browsers send. */
function webAddress(text: string | undefined): string {
  const url = parseUrl(text ?? '');
  return url !== undefined && SCHEMES.has(url.protocol) ? url.href : '';
}
