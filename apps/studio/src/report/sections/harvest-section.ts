import { bar } from '../../html/charts';
import { dataTable } from '../../html/data-table';
import type { Column } from '../../html/data-table';
import { html } from '../../html/markup';
import type { Markup, MarkupValue } from '../../html/markup';
import { count } from '../../html/number-format';
import type { FunnelRow, HarvestReport, ImportedSource, ImportReport } from '../report-data';
import { funnel, kindParts } from './funnel';
import type { FunnelWords } from './funnel';
import { outcomeTable } from './outcome-table';
import { block } from './section';
import type { ReportSection } from './section';

const ADDRESSES: FunnelWords = [
  ['Listed', 'results of the search engines'],
  ['Fetched', 'different addresses asked for'],
  ['Stored', 'readable images'],
  ['Unique', 'left after removing copies'],
];

/** From search results to images: the funnel, what was lost and why, by class and by engine. */
export function harvestSection({ total, outcomes, byClass, byEngine }: HarvestReport): ReportSection {
  const columns = COUNTS.map((key, index): CountColumn => [ADDRESSES[index]?.[0] ?? '', key]);
  const body = html`${funnel(total, ADDRESSES)}
  ${block('What was found, what was lost, and why', outcomeTable(outcomes, 'search'))}
  ${byClass.length > 0 && block('By class', funnelTable(['Harvest by class', 'Class'], byClass, columns))}
  ${byEngine.length > 0 && block('By search engine', funnelTable(['Harvest by search engine', 'Engine'], byEngine, columns))}`;
  return { id: 'harvest', title: 'Harvest', body };
}

const COUNTS = ['hits', 'fetched', 'stored', 'unique'] as const;
/** Heading and what stands under it. */
type CountColumn = readonly [heading: string, key: (typeof COUNTS)[number]];

/** Counts of groups. @param titles caption of the table, heading of its first column */
function funnelTable(
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

const FILES: FunnelWords = [
  ['Held', 'files and rows of the sources'],
  ['Imported', 'readable images among them'],
  ['Files', 'different ones, byte for byte'],
  ['Unique', 'left after removing copies'],
];

/** From the files that a person brought to images: the funnel, what was refused and why, by class and by source. */
export function importsSection({ sources, total, outcomes, byClass, bySource }: ImportReport): ReportSection {
  const body = html`<p>These images were not searched for: they were imported from ${sourceNames(sources)}.</p>
    ${funnel(total, FILES)} ${block('What was taken, what was refused, and why', outcomeTable(outcomes, 'import'))}
    ${
      byClass.length > 0 &&
      block(
        'By class',
        funnelTable(['Imported images by class', 'Class'], byClass, [
          ['Imported', 'hits'],
          ['Files', 'stored'],
          ['Unique', 'unique'],
        ]),
      )
    }
    ${
      bySource.length > 1 &&
      block(
        'By source',
        funnelTable(['Imported images by source', 'Source'], bySource, [
          ['Held', 'hits'],
          ['Imported', 'fetched'],
          ['Files', 'stored'],
          ['Unique', 'unique'],
        ]),
      )
    }`;
  return { id: 'imports', title: 'Imported', body };
}

const MAX_NAMED_SOURCES = 3;

/** `the folder pics and the table more.csv`, or how many. */
export function sourceNames(sources: readonly ImportedSource[]): string {
  if (sources.length > MAX_NAMED_SOURCES) return `${sources.length} sources`;
  const names = sources.map(({ name, kind }) => (kind === null ? name : `the ${kind} ${name}`));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
