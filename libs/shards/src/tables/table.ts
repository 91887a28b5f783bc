/** A table file, read row by row. */
export interface Table {
  readonly columns: readonly string[];
  /** All rows in order, each time anew; what other columns hold is left out where that saves work. */
  rows(columns?: readonly string[]): AsyncIterable<TableRow>;
}

/** Values by column: text in a CSV, anything that JSON has elsewhere. */
export type TableRow = ReadonlyMap<string, unknown>;

/** Longest row of a text table, characters. */
export const MAX_ROW_CHARACTERS = 16_000_000;
