import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { commitFile, temporaryPath } from '@winnow/files';
import { damagedDatabase } from './embedded-failure';
import { KEPT_TABLES, readChunks, tableLayouts } from './table-chunks';
import type { KeptTable, TableChunk } from './table-chunks';
import type { PgliteQueries } from './readable-tables';
import type { OnChunk } from './salvage-tables';

/** Large, or of use for a short time only: what they hold is computed or asked for again. */
const LEFT_OUT: ReadonlySet<KeptTable> = new Set(['hosts', 'embeddings']);
/** In the order of the copy. */
const COPIED_TABLES = KEPT_TABLES.filter((name) => !LEFT_OUT.has(name));
const FORMAT = 'winnow-tables-v1';

/** The file that holds a copy of the embedded database's rows. */
export const tableCopyFile = (stateDir: string): string => path.join(stateDir, 'db-rows.gz');

/**
 * Copies the rows of the embedded database to a file beside it, which replaces that of before once it is whole.
 * @throws WinnowError DATABASE_DAMAGED where rows cannot be read: the copy of before has them; Error of Postgres or node:fs
 */
export async function writeTableCopy(client: PgliteQueries, stateDir: string): Promise<void> {
  const file = tableCopyFile(stateDir);
  const draft = temporaryPath(file);
  try {
    await pipeline(Readable.from(encode(client, stateDir)), createGzip({ level: 1 }), createWriteStream(draft));
    await commitFile(file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** What was read of a copy. */
export interface SalvagedCopy {
  /** Tables of which every row was read and taken. */
  readonly whole: readonly KeptTable[];
  /** Some of its rows were not: the file is cut or changed, or does not fit the tables. */
  readonly isDamaged: boolean;
}

/** Reads what can be read of a copy; nothing where there is none. @throws Error of `onChunk` */
export async function salvageCopy(stateDir: string, onChunk: OnChunk): Promise<SalvagedCopy> {
  const refused = new Set<KeptTable>();
  const takenBefore = (end: number): readonly KeptTable[] =>
    COPIED_TABLES.slice(0, end).filter((table) => !refused.has(table));
  let reached = 0;
  const chunks = readTableCopy(stateDir);
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => ({ error }));
      if ('error' in next) {
        const { code } = next.error as NodeJS.ErrnoException;
        // What comes before a cut is sound; in a file that was changed, nobody knows where.
        return { whole: takenBefore(code === 'Z_BUF_ERROR' ? reached : 0), isDamaged: code !== 'ENOENT' };
      }
      if (next.done === true) return { whole: takenBefore(COPIED_TABLES.length), isDamaged: refused.size > 0 };
      const { table } = next.value;
      reached = Math.max(reached, COPIED_TABLES.indexOf(table));
      if (!(await onChunk(next.value))) refused.add(table);
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** Part by part. @throws Error where there is none, or the file is cut or changed */
async function* readTableCopy(stateDir: string): AsyncGenerator<TableChunk> {
  const source = createReadStream(tableCopyFile(stateDir));
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  try {
    yield* decode(unzipped);
  } finally {
    source.destroy();
  }
}

/** A line that names the format; then for each part a line of JSON and as many bytes as it says. */
async function* encode(client: PgliteQueries, stateDir: string): AsyncGenerator<Uint8Array | string> {
  yield `${FORMAT}\n`;
  // Of most tables the file is empty: a question a table would be most of the work.
  const layouts = await tableLayouts(client, COPIED_TABLES);
  for (const table of COPIED_TABLES) {
    const chunks = readChunks(client, table, layouts.get(table));
    let next = await chunks.next();
    for (; next.done !== true; next = await chunks.next()) {
      const { columns, data } = next.value;
      yield `${JSON.stringify({ table, columns, bytes: data.length })}\n`;
      yield data;
    }
    if (next.value > 0) throw damagedDatabase(stateDir, `${next.value} pages of the table ${table} cannot be read`);
  }
}

async function* decode(stream: AsyncIterable<Uint8Array>): AsyncGenerator<TableChunk> {
  const reader = new ByteReader(stream);
  if ((await reader.line()) !== FORMAT) throw new Error('not a copy of tables');
  for (let line = await reader.line(); line !== null; line = await reader.line()) {
    const { table, columns, bytes } = JSON.parse(line) as Omit<TableChunk, 'data'> & { readonly bytes: number };
    yield { table, columns, data: await reader.bytes(bytes) };
  }
}

/** Lines and runs of bytes of a stream, in turn. */
class ByteReader {
  readonly #parts: AsyncIterator<Uint8Array>;
  #waiting = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#parts = stream[Symbol.asyncIterator]();
  }

  /** Null at the end. */
  async line(): Promise<string | null> {
    while (!this.#waiting.includes(10)) {
      if (!(await this.#more())) return null;
    }
    return (await this.bytes(this.#waiting.indexOf(10) + 1)).toString('utf8').slice(0, -1);
  }

  /** @throws Error where the stream ends before */
  async bytes(count: number): Promise<Buffer> {
    const parts = [this.#waiting];
    for (let have = this.#waiting.length; have < count; have += parts.at(-1)?.length ?? 0) {
      const { value, done } = await this.#parts.next();
      if (done === true) throw new Error('the copy ends too early');
      parts.push(Buffer.from(value as Uint8Array));
    }
    const all = Buffer.concat(parts);
    this.#waiting = all.subarray(count);
    return all.subarray(0, count);
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#parts.next();
    if (done === true) return false;
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(value as Uint8Array)]);
    return true;
  }
}
