import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { WinnowError } from '@winnow/contracts';

/** A line of a CSV below its header. */
export interface CsvLine {
  /** Of the file, from 1. */
  readonly number: number;
  /** The cell of a column; empty where there is none. */
  readonly value: (column: string) => string;
  /** False where the line ends before that column. */
  readonly has: (column: string) => boolean;
  readonly cells: readonly string[];
}

export interface CsvLines {
  readonly columns: readonly string[];
  readonly lines: readonly CsvLine[];
}

/** What a spreadsheet takes for a formula at the start of a cell (full-width signs too), or such text escaped before. */
const FORMULA = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** A line of a CSV in which no spreadsheet finds a formula: `plainCell` gives each cell back. */
export function csvText(cells: readonly string[]): string {
  // The library leaves what was escaped before as it is: `plainCell` would then take off a sign too many.
  const cellsToEscape = cells.map((cell) => (cell.startsWith("'") && FORMULA.test(cell) ? `'${cell}` : cell));
  return stringify([cellsToEscape], { escape_formulas: true, quoted_match: '\r' });
}

/** A cell without the sign that keeps a spreadsheet from computing it. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

const MAX_LINE_CHARACTERS = 1_000_000;
/** Each takes half a kilobyte of memory, however short. */
const MAX_LINES = 2_000_000;

/**
 * Reads a CSV with a header, a mark of byte order or not; lines may be short.
 * @param what names the file to the person, as in `The truth file`
 * @throws WinnowError FORMAT_INVALID with the line
 */
export function csvLines(text: string, { file, what }: { readonly file: string; readonly what: string }): CsvLines {
  const [header, ...found] = parseCsv(text, { file, what });
  const columns = header?.record ?? [];
  const locations = new Map(columns.map((name, index) => [name, index]));
  const lines = found.map(({ record, line }) => ({
    number: line,
    value: (column: string) => record[locations.get(column) ?? -1] ?? '',
    has: (column: string) => (locations.get(column) ?? Infinity) < record.length,
    cells: record,
  }));
  return { columns, lines };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly line: number;
}

function keepLine(record: readonly string[], { lines }: { readonly lines: number }): CsvRecord {
  if (lines > MAX_LINES) throw new Error(`it has more than ${MAX_LINES} lines`);
  return { record, line: lines };
}

function parseCsv(
  text: string,
  { file, what }: { readonly file: string; readonly what: string },
): readonly CsvRecord[] {
  const { stackTraceLimit } = Error;
  // The library makes an error of each short line and drops it: its stack takes five times as long as the line.
  Error.stackTraceLimit = 0;
  try {
    return parse(text, {
      bom: true,
      // All that the library tells of a line would keep its errors too.
      on_record: keepLine as never,
      max_record_size: MAX_LINE_CHARACTERS,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly CsvRecord[];
  } catch (cause) {
    const line = (cause as { readonly lines?: number }).lines;
    throw new WinnowError('FORMAT_INVALID', `${what} is no CSV: ${(cause as Error).message}`, {
      where: line === undefined ? file : `${file}, line ${line}`,
      cause,
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
