import { createReadStream } from 'node:fs';
import split2 from 'split2';
import { WinnowError } from '@winnow/contracts';
import { MAX_ROW_CHARACTERS } from './table';
import type { BadRow, Table, TableRow } from './table';

/** Rows that tell which columns there are. */
const HEADER_ROWS = 100;

/** Opens a file of one JSON object a line. @throws WinnowError FORMAT_INVALID with the line; also from `rows` */
export async function openJsonl(file: string): Promise<Table> {
  const columns = new Set<string>();
  let [count, badCount] = [0, 0];
  const rows = rowsOf(file, () => {
    badCount += 1;
  });
  for await (const row of rows) {
    for (const name of row.keys()) columns.add(name);
    count += 1;
    if (count === HEADER_ROWS) break;
  }
  if (count === 0) {
    throw new WinnowError('FORMAT_INVALID', badCount === 0 ? 'The table is empty' : 'No line is a JSON object', {
      where: file,
      next: 'It needs one JSON object a line.',
    });
  }
  return { columns: [...columns], rows: (_, onBadRow) => rowsOf(file, onBadRow) };
}

async function* rowsOf(file: string, onBadRow?: (row: BadRow) => void): AsyncGenerator<TableRow> {
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    const line = number === 1 ? text.replace(/^\ufeff/, '') : text;
    if (line.trim() === '') continue;
    const value = parseLine(line);
    if (value === null && onBadRow !== undefined) {
      onBadRow({ location: `line ${number}`, detail: 'not a JSON object' });
      continue;
    }
    if (value === null) {
      throw new WinnowError('FORMAT_INVALID', 'Not a JSON object', { where: `${file}, line ${number}` });
    }
    yield new Map(Object.entries(value));
  }
}

function parseLine(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Unlike readline, does not hold an endless line. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  const lines = split2('\n', { maxLength: MAX_ROW_CHARACTERS });
  input.on('error', (error) => lines.destroy(error));
  input.pipe(lines);
  try {
    for await (const line of lines) yield line as string;
  } catch (cause) {
    if ((cause as Error).message !== 'maximum buffer reached') throw cause;
    throw new WinnowError('FORMAT_INVALID', `A line is longer than ${MAX_ROW_CHARACTERS} characters`, {
      where: file,
      cause,
    });
  } finally {
    input.destroy();
  }
}
