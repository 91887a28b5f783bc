/**
 * A build's flags as lines of the project file that mean the same.
 * @param holdout `build.holdout` as a whole: the flag adds to it, a line takes its place; null: it stays
 */
export function projectLines(options: Readonly<Record<string, unknown>>, holdout: readonly string[] | null): string {
  const scalars = Object.entries(options).filter(([name]) => name !== 'holdout');
  return [
    'build:',
    ...scalars.map(([name, value]) => `  ${name}: ${typeof value === 'number' ? value : quoted(String(value))}`),
    ...(holdout === null ? [] : [`  holdout: [${holdout.map(quoted).join(', ')}]`]),
  ].join('\n');
}

/** Control characters, ends of lines, marks of direction, halves of pairs. */
const UNSEEN = /[\p{C}\u2028\u2029]/u;

/** Of YAML; in double quotes, as JSON has them, what no line can show. */
function quoted(text: string): string {
  if (!UNSEEN.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const escaped = (unseen: string): string => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\p{C}\u2028\u2029]/gu, escaped);
}
