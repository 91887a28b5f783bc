import { open, stat } from 'node:fs/promises';
import { loadCorrections, UNDECIDED } from '@winnow/config';
import { csvText, plainCell } from '@winnow/files';
import type { CorrectionRow } from '@winnow/config';
import { compareText, IMPORT_ENGINE, NOISE_KINDS, parseUrl, WinnowError, WORLD_ENGINE } from '@winnow/contracts';
import { fileError, writeFileAtomic } from '@winnow/files';
import type { SplitResult } from '@winnow/noise';
import { matchCorrections } from './corrections';
import type { CorrectedPool, PoolCorrections } from './corrections';
import type { PoolSplitResult } from './split-pool';

/** Of a list, in this order. */
const LIST_COLUMNS = ['picture', 'class', 'given', 'kind', 'clean', 'closed', 'open', 'refined', 'url'] as const;
/** What a person said already: nothing is surer. */
const DECIDED = 2;

/**
 * The split as a CSV for a person to look at, most doubtful first, decided ones last: `split.corrections` once the class
 * column holds classes (or `open`) in place of `?`. Images go by their sha256: a sample's key is another image's in the
 * next build. Equal input gives equal text.
 * @param unapplied lines of an earlier list that decide on no image of the pool: they stay, at the end
 */
export function* splitListLines(
  { images, provenance, sha256 }: CorrectedPool,
  split: SplitResult,
  {
    applied,
    unapplied,
  }: Pick<PoolCorrections, 'applied'> & { readonly unapplied: readonly Pick<CorrectionRow, 'cells'>[] },
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
  yield csvText(LIST_COLUMNS);
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

/** What an earlier list of the same name gave to the new one. */
export interface KeptDecisions {
  /** Images. */
  readonly decisions: number;
  /** Decided lines that name no image, or no class, of this data set. */
  readonly unknown: number;
  /** Decided lines on copies of an image of which others say something else. */
  readonly overruled: number;
}

/**
 * What a person decided in the list that is at `file`; nothing where there is none.
 * @throws WinnowError FILE_NOT_WRITABLE where anything but a list is there, and as loadCorrections
 */
export async function earlierDecisions(file: string, classes: readonly string[]): Promise<readonly CorrectionRow[]> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || (found.isFile() && found.size === 0)) return [];
  if (found.isFile() && (await firstLine(file)) === LIST_COLUMNS.join(',')) return loadCorrections(file, classes);
  throw new WinnowError('FILE_NOT_WRITABLE', 'Something other than a list as winnow writes it is there', {
    where: file,
    next: 'Name another file with --list.',
  });
}

/**
 * Writes the list of a split. What a person decided in an earlier list there stays, in place of what
 * `split.corrections` says of the same image, and so do its decided lines that name no image or class of this pool, or
 * do not hold for the image that stands for theirs.
 * @throws WinnowError as earlierDecisions and matchCorrections; what is there is then untouched
 */
export async function writeSplitList(
  file: string,
  pool: CorrectedPool,
  { split, corrections }: Pick<PoolSplitResult, 'split' | 'corrections'>,
): Promise<KeptDecisions> {
  const earlier = await earlierDecisions(file, pool.images.classes);
  const { applied: said, unknown, foreign: external, ...found } = matchCorrections({ file, rows: earlier }, pool);
  const overruled = new Set(found.overruled.map((decision) => decision.overruled));
  const decided = new Map([...corrections.applied, ...said].map((correction) => [correction.row, correction]));
  const lines = splitListLines(pool, split, {
    applied: [...decided.values()],
    unapplied: [...unknown, ...external, ...overruled],
  });
  await writeFileAtomic(file, [...lines].join(''));
  return { decisions: said.length, unknown: unknown.length + external.length, overruled: overruled.size };
}

const HEADER_BYTES = 1024;

/** Without marks of byte order and quotation, which spreadsheets add. */
async function firstLine(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw fileError(error, file);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    return (text.split(/\r?\n/, 1)[0] as string).replace(/^\ufeff|"/g, '');
  } finally {
    await handle.close();
  }
}
