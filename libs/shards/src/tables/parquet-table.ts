import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { WinnowError } from '@winnow/contracts';
import type { Table, TableRow } from './table';

/** What the thread tells of a file; sizes as the file states them, which may be anything. */
interface ParquetDescription {
  readonly sizeBytes: number;
  readonly columns: readonly string[];
  readonly groups: readonly {
    readonly rows: number;
    /** sizeBytes: uncompressed. */
    readonly columns: readonly { readonly name: string; readonly sizeBytes: number }[];
  }[];
}

interface ParquetFile {
  readonly file: string;
  readonly description: ParquetDescription;
  readonly baseTimeoutMillis: number;
}

/** Rows of the file to read. */
interface ParquetRequest {
  readonly columns: readonly string[];
  readonly rowStart: number;
  readonly rowEnd: number;
}

/** Of the columns read of one row group, as the file states it: a small file may claim any size. */
const MAX_GROUP_BYTES = 2_000_000_000;
/** Rows that a byte of a file may state: one that differs from the others takes some bits, however it is packed. */
const MAX_ROWS_A_BYTE = 8;
/** How long a thread may take: some seconds, and for each stated byte a time that the slowest machine keeps to. */
const BASE_TIMEOUT_MILLIS = 10_000;
const MIN_BYTES_PER_MILLI = 5000;
const THREAD = path.join(__dirname, 'parquet-thread.js');

/**
 * Opens a Parquet file; plain columns only.
 * @param baseTimeoutMillis that a reading may take beside the time for the bytes that the file states
 * @throws WinnowError FORMAT_INVALID; also from `rows`
 */
export async function openParquet(file: string, baseTimeoutMillis = BASE_TIMEOUT_MILLIS): Promise<Table> {
  const thread = new ParquetThread(file);
  try {
    const description = await thread.ask<ParquetDescription>('describe', baseTimeoutMillis);
    const { columns } = description;
    return { columns, rows: (wanted = columns) => rowsOf({ file, description, baseTimeoutMillis }, wanted) };
  } finally {
    await thread.end();
  }
}

async function* rowsOf(
  { file, description, baseTimeoutMillis }: ParquetFile,
  columns: readonly string[],
): AsyncGenerator<TableRow> {
  const { sizeBytes, groups } = description;
  const thread = new ParquetThread(file);
  try {
    let rowStart = 0;
    for (const group of groups) {
      const rowEnd = rowStart + group.rows;
      if (!(rowEnd >= rowStart && rowEnd <= MAX_ROWS_A_BYTE * sizeBytes)) {
        throw invalid(file, `${sizeBytes} bytes do not hold ${rowEnd} rows`, 'Get the file again.');
      }
      const statedBytes = group.columns
        .filter(({ name }) => columns.includes(name))
        .reduce((sum, column) => sum + column.sizeBytes, 0);
      if (statedBytes > MAX_GROUP_BYTES) {
        const message = `A row group states ${statedBytes} bytes for ${columns.join(', ')}`;
        throw invalid(file, message, 'Write the table anew with smaller row groups.');
      }
      const found = await thread.ask<readonly Record<string, unknown>[]>(
        { columns, rowStart, rowEnd },
        baseTimeoutMillis + Math.ceil(Math.max(0, statedBytes) / MIN_BYTES_PER_MILLI),
      );
      for (const row of found) yield new Map(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
      rowStart = rowEnd;
    }
  } finally {
    await thread.end();
  }
}

/** One thread with one file, which is asked one thing at a time. */
class ParquetThread {
  readonly #worker: Worker;

  constructor(readonly file: string) {
    this.#worker = new Worker(THREAD, { workerData: { file }, execArgv: [], stdout: false, stderr: false });
  }

  /** @throws WinnowError FORMAT_INVALID where the file cannot be read, or not in time */
  async ask<T>(request: ParquetRequest | 'describe', timeoutMillis: number): Promise<T> {
    this.#worker.postMessage(request);
    let reply: { readonly value: T } | { readonly failure: string };
    try {
      [reply] = (await once(this.#worker, 'message', { signal: AbortSignal.timeout(timeoutMillis) })) as [typeof reply];
    } catch (cause) {
      const isLate = (cause as Error).name === 'AbortError';
      const reason = isLate ? `it takes more than ${Math.ceil(timeoutMillis / 1000)} s` : String(cause).slice(0, 300);
      throw invalid(this.file, `The Parquet file cannot be read: ${reason}`, 'Get the file again.', cause);
    }
    if ('value' in reply) return reply.value;
    const next = 'It must be compressed with snappy, or not at all.';
    throw invalid(this.file, `The Parquet file cannot be read: ${reply.failure}`, next);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function plainValue(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  // A larger id is no number of JavaScript's: rounded, two classes would become one.
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function invalid(where: string, message: string, next: string, cause?: unknown): WinnowError {
  return new WinnowError('FORMAT_INVALID', message, { where, next, cause });
}
