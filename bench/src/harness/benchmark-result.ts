import type { CommandResult, JsonValue } from '@winnow/contracts';

/**
 * What a benchmark command gives: all of it as JSON, and for people a line of what it is of and a table of its figures.
 * Lists stay out of the table, but for pairs of numbers.
 * @param columns programs or sizes that stand side by side
 */
export function benchmarkResult<Column extends object>(about: object, columns: readonly Column[]): CommandResult {
  const facts = flatten(about).map(([label, value]) => `${label} ${value}`);
  return {
    exitCode: 0,
    json: about as Record<string, JsonValue>,
    text: [facts.join(', '), '', ...sideBySide(columns.map((column) => new Map(flatten(column))))],
  };
}

function sideBySide(columns: readonly ReadonlyMap<string, string>[]): string[] {
  const labels = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = labels.map((label) => [label, ...columns.map((column) => column.get(label) ?? '-')]);
  const widths = ['', ...columns].map((_, at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
  );
}

/** Figures within figures get the label of both. */
function flatten(figures: object): (readonly [label: string, value: string])[] {
  return Object.entries(figures).flatMap(([key, value]: [string, unknown]) => {
    const label = key.replace(/(?<=[a-z])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
    if (Array.isArray(value)) {
      const isPair = value.length === 2 && value.every((item) => typeof item === 'number');
      return isPair ? [[label, value.map((item) => shown(key, item)).join(' to ')] as const] : [];
    }
    if (typeof value !== 'object' || value === null) return [[label, shown(key, value)] as const];
    return flatten(value).map(([inner, text]) => [`${label}: ${inner}`, text] as const);
  });
}

function shown(key: string, value: unknown): string {
  if (typeof value !== 'number') return value === null ? '-' : String(value);
  if (/bytes$/i.test(key) && value > 1e5) return `${Math.round(value / 1e6)} MB`;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
