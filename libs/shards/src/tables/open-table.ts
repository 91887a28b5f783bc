import { stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { openCsv } from './csv-table';
import { openJsonl } from './jsonl-table';
import { openParquet } from './parquet-table';
import type { Table } from './table';

const OPENERS: Readonly<Record<string, (file: string) => Promise<Table>>> = {
  '.csv': (file) => openCsv(file),
  '.tsv': (file) => openCsv(file, '\t'),
  '.jsonl': openJsonl,
  '.ndjson': openJsonl,
  '.parquet': openParquet,
};

/** Whether a file is a table, by its name. */
export function isTableFile(file: string): boolean {
  return Object.hasOwn(OPENERS, path.extname(file).toLowerCase());
}

/**
 * Opens a CSV, TSV, JSONL or Parquet file, by its name.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID with file and line; also from `rows`
 */
export async function openTable(file: string): Promise<Table> {
  const open = OPENERS[path.extname(file).toLowerCase()];
  if (open === undefined) {
    throw new WinnowError('FORMAT_INVALID', 'Not a table', {
      where: file,
      next: 'Tables are named .csv, .tsv, .jsonl or .parquet.',
    });
  }
  await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The table cannot be found', {
      where: file,
      next: 'Check the path.',
      cause,
    });
  });
  return open(file);
}
