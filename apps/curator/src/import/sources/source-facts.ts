import { findColumn } from '@winnow/shards';
import type { SourceFacts } from './import-source';

const FACTS = ['url', 'pageUrl', 'title', 'license', 'licenseUrl', 'creator'] as const;

/** The columns of a table that say something about its images. */
export type FactColumns = Readonly<Partial<Record<(typeof FACTS)[number], string>>>;

/** By the usual names. */
export function factColumns(columns: readonly string[]): FactColumns {
  const found = FACTS.map((fact) => [fact, findColumn(columns, fact)] as const);
  return Object.fromEntries(found.filter(([, column]) => column !== undefined));
}

/** What one row says; text only. */
export function sourceFacts(columns: FactColumns, valueOf: (column: string) => unknown): SourceFacts {
  const stated = FACTS.flatMap((fact) => {
    const column = columns[fact];
    const value = column === undefined ? undefined : valueOf(column);
    return typeof value === 'string' && value.trim() !== '' ? [[fact, value] as const] : [];
  });
  return Object.fromEntries(stated);
}
