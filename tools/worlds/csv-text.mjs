import { stringify } from 'csv-stringify/sync';

/**
 * A CSV with a header; what would be taken for markup of the table, and blanks at an end, are quoted.
 * @param {readonly string[]} columns
 * @param {readonly (readonly string[])[]} rows cells in the order of the columns
 */
export function csvText(columns, rows) {
  return stringify([columns, ...rows], { quoted_match: ['\r', /^\s|\s$/] });
}
