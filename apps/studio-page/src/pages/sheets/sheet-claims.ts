import type { SheetGroupCount } from '@winnow/contracts';

/** What the rest of a sheet is decided to be. */
export function claimOf({ kind, given, refined }: SheetGroupCount, classes: readonly string[]): string {
  return kind === 'open' ? 'open' : `class:${classes[refined ?? given] ?? ''}`;
}

/** `closed: cat → dog`, `clean: cat`. */
export function groupTitle({ kind, given, refined }: SheetGroupCount, classes: readonly string[]): string {
  return `${kind}: ${classes[given] ?? ''}${refined === null ? '' : ` → ${classes[refined] ?? ''}`}`;
}

/** Filters of the list of its images; names of classes may hold commas. */
export function sheetSearch(
  { kind, given, refined }: SheetGroupCount,
  classes: readonly string[],
): Record<string, string> {
  const escaped = (index: number): string => (classes[index] ?? '').replace(/[\\,]/g, '\\$&');
  return { kind, given: escaped(given), ...(refined === null ? {} : { refined: escaped(refined) }), decided: 'none' };
}
