/**
 * A CSV with a header; what would be taken for markup of the table is quoted.
 * @param {readonly string[]} columns
 * @param {readonly (readonly string[])[]} rows cells in the order of the columns
 */
export function csvText(columns, rows) {
  return [columns, ...rows].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function quoted(cell) {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
