import { bar } from './bar';
import { dataTable } from './data-table';
import type { Column } from './data-table';
import { funnel, kindParts } from './funnel';
import { html } from './markup';
import type { Markup, MarkupValue } from './markup';
import { count } from './number-format';
import { outcomeTable } from './outcome-table';
import type { FunnelRow, HarvestReport } from './report-data';
import { block } from './section';
import type { ReportSection } from './section';

/** From search results to pictures: the funnel, what was lost and why, by class and by engine. */
export function harvestSection({ total, outcomes, byClass, byEngine }: HarvestReport): ReportSection {
  const body = html`${funnel(total)} ${block('What was found, what was lost, and why', outcomeTable(outcomes))}
  ${byClass.length > 0 && block('By class', funnelTable('Harvest by class', 'Class', byClass))}
  ${byEngine.length > 0 && block('By search engine', funnelTable('Harvest by search engine', 'Engine', byEngine))}`;
  return { id: 'harvest', title: 'Harvest', body };
}

function funnelTable(caption: string, heading: string, rows: readonly FunnelRow[]): Markup {
  const isSplit = rows.some((row) => kindParts(row) !== null);
  const hasNotes = rows.some((row) => row.note !== undefined);
  const number = (name: string): Column => ({ heading: name, align: 'number' });
  const columns: Column[] = [
    { heading },
    ...['Listed', 'Fetched', 'Stored', 'Unique'].map(number),
    ...(isSplit ? [...['Clean', 'Closed', 'Open'].map(number), { heading: 'Kinds', align: 'graphic' } as const] : []),
    ...(hasNotes ? [{ heading: 'Remark' }] : []),
  ];
  const cells = rows.map((row): MarkupValue[] => [
    row.name,
    ...[row.hits, row.fetched, row.stored, row.unique].map(count),
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
