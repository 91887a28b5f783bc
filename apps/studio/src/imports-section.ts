import { funnel } from './funnel';
import type { FunnelWords } from './funnel';
import { funnelTable } from './harvest-section';
import { html } from './markup';
import { outcomeTable } from './outcome-table';
import type { ImportedSource, ImportReport } from './report-data';
import { block } from './section';
import type { ReportSection } from './section';

const WORDS: FunnelWords = [
  ['Held', 'files and rows of the sources'],
  ['Imported', 'readable pictures among them'],
  ['Files', 'different ones, byte for byte'],
  ['Unique', 'left after removing copies'],
];

/** From the files that a person brought to pictures: the funnel, what was refused and why, by class and by source. */
export function importsSection({ sources, total, outcomes, byClass, bySource }: ImportReport): ReportSection {
  const body = html`<p>These pictures were not searched for: they were imported from ${sourceNames(sources)}.</p>
    ${funnel(total, WORDS)} ${block('What was taken, what was refused, and why', outcomeTable(outcomes, 'import'))}
    ${
      byClass.length > 0 &&
      block(
        'By class',
        funnelTable(['Imported pictures by class', 'Class'], byClass, [
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
        funnelTable(['Imported pictures by source', 'Source'], bySource, [
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
