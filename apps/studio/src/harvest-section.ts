import { bar } from './bar';
import { dataTable } from './data-table';
import type { Column } from './data-table';
import { funnel, kindParts } from './funnel';
import type { FunnelWords } from './funnel';
import { html } from './markup';
import type { Markup, MarkupValue } from './markup';
import { count } from './number-format';
import { outcomeTable } from './outcome-table';
import type { FunnelRow, HarvestReport } from './report-data';
import { block } from './section';
import type { ReportSection } from './section';

const WORDS: FunnelWords = [
  ['Listed', 'results of the search engines'],
  ['Fetched', 'different addresses asked for'],
  ['Stored', 'readable pictures'],
  ['Unique', 'left after removing copies'],
];

/** From search results to pictures: the funnel, what was lost and why, by class and by engine. */
export function harvestSection({ total, outcomes, byClass, byEngine }: HarvestReport): ReportSection {
  const columns = COUNTS.map((key, index): CountColumn => [WORDS[index]?.[0] ?? '', key]);
  const body = html`${funnel(total, WORDS)}
  ${block('What was found, what was lost, and why', outcomeTable(outcomes, 'search'))}
  ${byClass.length > 0 && block('By class', funnelTable(['Harvest by class', 'Class'], byClass, columns))}
  ${byEngine.length > 0 && block('By search engine', funnelTable(['Harvest by search engine', 'Engine'], byEngine, columns))}`;
  return { id: 'harvest', title: 'Harvest', body };
}

const COUNTS = ['hits', 'fetched', 'stored', 'unique'] as const;
/** Heading and what stands under it. */
export type CountColumn = readonly [heading: string, key: (typeof COUNTS)[number]];

/** Counts of groups. @param titles caption of the table, heading of its first column */
export function funnelTable(
  [caption, heading]: readonly [string, string],
  rows: readonly FunnelRow[],
  counts: readonly CountColumn[],
): Markup {
  const isSplit = rows.some((row) => kindParts(row) !== null);
  const hasNotes = rows.some((row) => row.note !== undefined);
  const number = (name: string): Column => ({ heading: name, align: 'number' });
  const columns: Column[] = [
    { heading },
    ...counts.map(([name]) => number(name)),
    ...(isSplit ? [...['Clean', 'Closed', 'Open'].map(number), { heading: 'Kinds', align: 'graphic' } as const] : []),
    ...(hasNotes ? [{ heading: 'Remark' }] : []),
  ];
  const cells = rows.map((row): MarkupValue[] => [
    row.name,
    ...counts.map(([, key]) => count(row[key])),
    ...(isSplit ? kindCells(row) : []),
    ...(hasNotes ? [row.note] : []),
  ]);
  return dataTable({ caption, columns, groups: [{ rows: cells }] });
}

function kindCells(row: FunnelRow): MarkupValue[] {
  const parts = kindParts(row);
  if (parts === null) return ['–', '–', '–', ''];
  const whole = parts.reduce((sum, { value }) => sum + value, 0);
  return [...parts.map(({ value }) => count(value)), bar(parts, whole)];
}
