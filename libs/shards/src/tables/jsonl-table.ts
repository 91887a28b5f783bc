import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
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
      onBadRow({ place: `line ${number}`, detail: 'not a JSON object' });
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
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(file)) {
    const parts = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > MAX_ROW_CHARACTERS) {
      throw new WinnowError('FORMAT_INVALID', `A line is longer than ${MAX_ROW_CHARACTERS} characters`, {
        where: file,
      });
    }
  }
  if (rest !== '') yield rest;
}
