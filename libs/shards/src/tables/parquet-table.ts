import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { Table, TableRow } from './table';

/** Of the columns read of one row group, as the file states it: a small file may claim any size. */
const MAX_GROUP_BYTES = 2_000_000_000;

/** Opens a Parquet file; plain columns only. @throws WinnowError FORMAT_INVALID; also from `rows` */
export async function openParquet(file: string): Promise<Table> {
  const { buffer, metadata } = await readable(file, async () => {
    const opened = await asyncBufferFromFile(file);
    return { buffer: opened, metadata: await parquetMetadataAsync(opened) };
  });
  const columns = parquetSchema(metadata)
    .children.filter(({ children }) => children.length === 0)
    .map(({ element }) => element.name);
  return { columns, rows: (wanted = columns) => rowsOf({ file, buffer, metadata, columns: [...wanted] }) };
}

interface Reading {
  readonly file: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: string[];
}

/** Rows that a byte of a file may state: one that differs from the others takes some bits, however it is packed. */
const MAX_ROWS_A_BYTE = 8;

async function* rowsOf({ file, buffer, metadata, columns }: Reading): AsyncGenerator<TableRow> {
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (!(rowEnd >= rowStart && rowEnd <= MAX_ROWS_A_BYTE * buffer.byteLength)) {
      throw new WinnowError('FORMAT_INVALID', `${buffer.byteLength} bytes do not hold ${rowEnd} rows`, {
        where: file,
        next: 'Get the file again.',
      });
    }
    const sizeBytes = group.columns
      .filter(({ meta_data: meta }) => columns.includes(meta?.path_in_schema[0] ?? ''))
      .reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_uncompressed_size ?? 0), 0);
    if (sizeBytes > MAX_GROUP_BYTES) {
      throw new WinnowError('FORMAT_INVALID', `A row group states ${sizeBytes} bytes for ${columns.join(', ')}`, {
        where: file,
        next: 'Write the table anew with smaller row groups.',
      });
    }
    const start = rowStart;
    const found = await readable(file, () =>
      parquetReadObjects({ file: buffer, metadata, columns, rowStart: start, rowEnd }),
    );
    for (const row of found) yield new Map(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
    rowStart = rowEnd;
  }
}

function plainValue(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

async function readable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (isWinnowError(cause)) throw cause;
    throw new WinnowError('FORMAT_INVALID', `The Parquet file cannot be read: ${String(cause).slice(0, 300)}`, {
      where: file,
      next: 'It must be compressed with snappy, or not at all.',
      cause,
    });
  }
}
