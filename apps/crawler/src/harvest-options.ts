import type { ProjectConfig } from '@winnow/config';

/** How to search and download: the project file's `harvest` section. */
export type HarvestOptions = ProjectConfig['harvest'];

/** How often and how long one URL is tried within a run. */
export interface RetryPolicy {
  readonly attempts: number;
  /** A longer wait is left to a later run. */
  readonly maxWaitMillis: number;
  /** First back-off; it doubles from attempt to attempt. */
  readonly baseMillis: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, maxWaitMillis: 30_000, baseMillis: 1000 };

/** Product token: the name that robots.txt and X-Robots-Tag know us by. */
export const AGENT = 'winnow';

export function hasContact(contact: string | undefined): boolean {
  return printableContact(contact) !== '';
}

/** A header holds printable ASCII only. */
function printableContact(contact: string | undefined): string {
  return contact?.replace(/[^\x20-\x7e]/g, '').trim() ?? '';
}

/** `winnow/0.1`, with `(+contact)` where there is one. */
export function userAgent(contact: string | undefined): string {
  const printable = printableContact(contact);
  return printable === '' ? `${AGENT}/0.1` : `${AGENT}/0.1 (+${printable})`;
}
