import { open, stat } from 'node:fs/promises';
import { loadCorrections } from '@winnow/config';
import type { CorrectionRow } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { fileError, writeFileAtomic } from '@winnow/files';
import { SPLIT_LIST_COLUMNS, splitListLines } from '@winnow/review';
import { matchCorrections } from './corrections';
import type { CorrectedPool } from './corrections';
import type { PoolSplitResult } from './split-pool';

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
  if (found.isFile() && (await firstLine(file)) === SPLIT_LIST_COLUMNS.join(',')) return loadCorrections(file, classes);
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
