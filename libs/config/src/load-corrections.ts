import { readFile, stat } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';
import { csvLines, plainCell } from '@winnow/files';
import type { CsvLine } from '@winnow/files';

/** What a person says of one image. */
export interface CorrectionRow {
  /** Image URL or sha256. */
  readonly picture: string;
  /** Null: none of the classes. May be a class that the project does not have, or no longer. */
  readonly className: string | null;
  /** Of the file, from 1; 0 where the database has it. */
  readonly line: number;
  /** The whole line as it was written. */
  readonly cells: readonly string[];
  /** People who say so, where the database has it: a decision of the studio and no line of a file. */
  readonly by?: readonly string[];
  /** Said at an image that was drawn to measure the split: what is fitted must not learn from it. */
  readonly isMeasured?: boolean;
}

/** Stands for no class in a list of corrections; a class of that name wins. */
const OPEN = 'open';
/** Stands for an image that nobody decided on yet. */
export const UNDECIDED = '?';
const COLUMNS = ['picture', 'class'] as const;
/** A sample's key, or what a spreadsheet makes of it: its number in one build, which is another image's in the next. */
const SAMPLE_KEY = /^\d{1,9}$/;
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a file of corrections, as parseCorrections has them.
 * @throws WinnowError FILE_NOT_FOUND; as parseCorrections
 */
export async function loadCorrections(file: string, classes: readonly string[]): Promise<readonly CorrectionRow[]> {
  return parseCorrections(await readText(file), { file, classes });
}

/**
 * Reads corrections (`split.corrections`): a CSV with the columns picture and class, others beside them or not. An empty class or
 * `open` says that the image shows none of the classes; lines with `?` are passed over. A `'` that keeps a spreadsheet
 * from computing a cell is no part of it.
 * @param source name of the file, for messages, and the classes of the project
 * @returns one row an image, in the order of the file, and the rows whose class is none of the project's beside them
 * @throws WinnowError FORMAT_INVALID with the line of a second and other word on the same image, of a
 *   sample key, or of one that ends before its class
 */
export function parseCorrections(
  text: string,
  { file, classes }: { readonly file: string; readonly classes: readonly string[] },
): readonly CorrectionRow[] {
  const { columns, lines } = csvLines(text, { file, what: 'The list of corrections' });
  if (!COLUMNS.every((name) => columns.includes(name))) {
    throw new WinnowError('FORMAT_INVALID', `A list of corrections needs the columns ${COLUMNS.join(' and ')}`, {
      where: `${file}, line 1`,
      next: '`winnow split PROJECT --list FILE.csv` writes one to begin with.',
    });
  }
  const known = new Set(classes);
  const rows = new Map<string, CorrectionRow>();
  for (const line of lines) {
    const where = `${file}, line ${line.number}`;
    const [image, said] = [plainCell(line.value('picture').trim()), plainCell(line.value('class').trim())];
    if (said === UNDECIDED) continue;
    requireWhole(line, image, where);
    const className = said === '' || (said === OPEN && !known.has(OPEN)) ? null : said;
    // Of a class that was removed: it contradicts nothing that is said of the image since.
    const isExternal = className !== null && !known.has(className);
    const key = isExternal ? JSON.stringify([image, className]) : image;
    const earlier = rows.get(key);
    if (earlier === undefined) rows.set(key, { picture: image, className, line: line.number, cells: line.cells });
    else if (earlier.className !== className) throw contradiction(file, earlier, { ...earlier, line: line.number });
  }
  return [...rows.values()];
}

function requireWhole(line: CsvLine, image: string, where: string): void {
  // An empty class says open: a line cut short must not.
  if (!line.has('class')) {
    throw new WinnowError('FORMAT_INVALID', 'The line ends before its class', {
      where,
      next: 'Complete the line or remove it.',
    });
  }
  if (image === '') throw new WinnowError('FORMAT_INVALID', 'The line names no image', { where });
  if (SAMPLE_KEY.test(image)) {
    throw new WinnowError('FORMAT_INVALID', `"${image}" is the number of a sample, another image's in each build`, {
      where,
      next: 'Name the image by its sha256 or image URL: `winnow split PROJECT --list NEW.csv` lists all again.',
    });
  }
}

/** Two lines of the file that say different things of one image, or one of them and a decision in the database. */
export function contradiction(file: string, ...rows: readonly [CorrectionRow, CorrectionRow]): WinnowError {
  const [first, second] = [...rows].sort((a, b) => a.line - b.line) as [CorrectionRow, CorrectionRow];
  if (first.by === undefined) {
    return new WinnowError('FORMAT_INVALID', `The image has another class in line ${first.line}`, {
      where: `${file}, line ${second.line}`,
      next: 'Remove one of the lines.',
    });
  }
  const says = ({ className }: CorrectionRow): string => className ?? 'none of the classes';
  const what = `The file says ${says(second)} of an image, and ${nameRow(first)} in the database says ${says(first)}`;
  return new WinnowError('FORMAT_INVALID', what, {
    where: `${file}, line ${second.line}; image ${first.picture}`,
    next: 'Remove the line, decide anew in `winnow studio`, or leave the decisions of the database out with split.decisions: false.',
  });
}

/** Where a row is, for people. */
export function nameRow({ line, by }: CorrectionRow): string {
  return by === undefined ? `line ${line}` : `the decision of ${by.join(' and ')}`;
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= MAX_FILE_BYTES) return await readFile(file, 'utf8');
  } catch (cause) {
    throw new WinnowError('FILE_NOT_FOUND', 'The list of corrections cannot be read', {
      where: file,
      next: 'Check split.corrections.',
      cause,
    });
  }
  throw new WinnowError('FORMAT_INVALID', `The list of corrections is larger than ${MAX_FILE_BYTES} bytes`, {
    where: file,
    next: 'Keep only the lines of images that you decided on.',
  });
}
