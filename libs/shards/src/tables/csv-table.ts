import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { firstRepeat, isWinnowError, WinnowError } from '@winnow/contracts';
import { MAX_ROW_CHARACTERS } from './table';
import type { Table } from './table';
import { utf8Lines } from './utf8-lines';

/** Opens a CSV (or a TSV) with a header. @throws WinnowError FORMAT_INVALID with the line; also from `rows` */
export async function openCsv(file: string, delimiter: ',' | '\t' = ','): Promise<Table> {
  const columns = await readHeader(file, delimiter);
  return {
    columns,
    delimiter,
    async *rows(wanted = columns) {
      const names = new Set(wanted);
      const cells = [...columns.entries()].filter(([, name]) => names.has(name));
      let isHeader = true;
      for await (const record of records(file, delimiter)) {
        if (!isHeader) yield new Map(cells.map(([index, name]) => [name, record[index] ?? '']));
        isHeader = false;
      }
    },
  };
}

async function readHeader(file: string, delimiter: string): Promise<readonly string[]> {
  for await (const record of records(file, delimiter)) {
    const twice = firstRepeat(record.filter((name) => name !== ''));
    if (twice === undefined) return record;
    throw new WinnowError('FORMAT_INVALID', `Two columns are named ${JSON.stringify(twice.slice(0, 100))}`, {
      where: `${file}, line 1`,
      next: 'Rename one of them.',
    });
  }
  throw new WinnowError('FORMAT_INVALID', 'The table is empty', {
    where: file,
    next: 'It needs a line of column names.',
  });
}

async function* records(file: string, delimiter: string): AsyncGenerator<readonly string[]> {
  const input = Readable.from(utf8Lines(file));
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: MAX_ROW_CHARACTERS,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const record of parser) yield record as readonly string[];
  } catch (cause) {
    if (isWinnowError(cause)) throw cause;
    const line = (cause as { readonly lines?: number }).lines;
    throw new WinnowError('FORMAT_INVALID', `The table cannot be read: ${(cause as Error).message}`, {
      where: line === undefined ? file : `${file}, line ${line}`,
      cause,
    });
  } finally {
    input.destroy();
  }
}
