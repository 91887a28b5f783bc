/**
 * @param {readonly unknown[]} head
 * @param {readonly (readonly unknown[])[]} rows
 * @returns {string} a Markdown table, all columns but the first to the right
 */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
