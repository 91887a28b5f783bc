import { readFile } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';

/** The truth about one image URL, for measuring only. */
export interface TruthRow {
  /** Pictures of one source are copies of each other. */
  readonly source: string;
  /** Null for a picture of no known class. */
  readonly trueClass: string | null;
}

const COLUMNS = ['imageUrl', 'source', 'true'] as const;

/**
 * Reads `evaluate.truth`: CSV with a header and the columns imageUrl, source, true (class name, or empty for open);
 * fields hold no commas or quotes. Only code that measures may call this; no method gets to see what it returns.
 * @returns rows by image URL
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID with the line
 */
export async function loadTruth(file: string, classes: readonly string[]): Promise<ReadonlyMap<string, TruthRow>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The truth file cannot be read', {
      where: file,
      next: 'Check evaluate.truth.',
      cause,
    });
  });
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',');
  const [urlColumn, sourceColumn, trueColumn] = COLUMNS.map((name) => names.indexOf(name)) as [number, number, number];
  if ([urlColumn, sourceColumn, trueColumn].includes(-1)) {
    throw new WinnowError('FORMAT_INVALID', `The truth file needs the columns ${COLUMNS.join(', ')}`, {
      where: `${file}, line 1`,
    });
  }
  const rows = new Map<string, TruthRow>();
  lines.forEach((line, index) => {
    if (line === '') return;
    const fields = line.split(',');
    const name = fields[trueColumn] ?? '';
    if (name !== '' && !classes.includes(name)) {
      throw new WinnowError('FORMAT_INVALID', `"${name}" is none of the classes`, {
        where: `${file}, line ${index + 2}`,
      });
    }
    rows.set(fields[urlColumn] ?? '', { source: fields[sourceColumn] ?? '', trueClass: name === '' ? null : name });
  });
  return rows;
}
