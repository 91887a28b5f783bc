/** A table file, read row by row. */
export interface Table {
  readonly columns: readonly string[];
  /** What tells columns apart, where it is text. */
  readonly delimiter?: ',' | '\t';
  /**
   * All rows in order, each time anew; what other columns hold is left out where that saves work.
   * @param onBadRow told of a row that is none, instead of an error
   */
  rows(columns?: readonly string[], onBadRow?: (row: BadRow) => void): AsyncIterable<TableRow>;
}

/** A row that cannot be read, where those after it can. */
export interface BadRow {
  readonly location: string;
  readonly detail: string;
}

/** Values by column: text in a CSV, anything that JSON has elsewhere. */
export type TableRow = ReadonlyMap<string, unknown>;

/** Longest row of a text table, characters. */
export const MAX_ROW_CHARACTERS = 16_000_000;
