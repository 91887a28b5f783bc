import { isDeepStrictEqual } from 'node:util';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';

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

/** Names that RFC 2606 keeps for documentation: whoever writes there reaches nobody. */
const NOBODYS = /(?<![\w-])example\.(?:com|net|org)(?![\w-]|\.\w)/i;

/** A mail address or an http(s) URL, alone or within other words, whose host may be one of the public internet. */
const REACHABLE =
  /(?:[^\s@<>()]+@|https?:\/\/)(?:[\p{L}\p{N}-]+\.)+(?!local(?:host|domain)?\b|internal\b|lan\b|invalid\b)[\p{L}][\p{L}\p{N}-]+/iu;

/**
 * Whoever crawls must be found by those whose sites are crawled; stand-ins of a demo or test need no such thing.
 * @param where a contact would be set
 * @throws WinnowError CONFIG_INVALID
 */
export function requireContact({ contact, resolve }: Pick<HarvestOptions, 'contact' | 'resolve'>, where: string): void {
  if (Object.keys(resolve).length > 0) return;
  const printable = printableContact(contact);
  const next = 'Set harvest.contact of the project file, or WINNOW_HARVEST_CONTACT, to a mail address or URL of yours.';
  if (printable === '') {
    throw new WinnowError('CONFIG_INVALID', 'No contact for the owners of the sites that would be asked', {
      where,
      next,
    });
  }
  if (NOBODYS.test(printable)) {
    throw new WinnowError('CONFIG_INVALID', `The contact ${printable} is that of an example: nobody reads it`, {
      where,
      next,
    });
  }
  if (!REACHABLE.test(printable)) {
    throw new WinnowError(
      'CONFIG_INVALID',
      `The contact ${printable} is no mail address or URL that others can reach`,
      {
        where,
        next,
      },
    );
  }
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

/** What engines are asked for beside the text. */
const FILTER_FIELDS = ['licenses', 'allowLicenses', 'safe', 'filters'] as const;
type FilterFields = Pick<HarvestOptions, (typeof FILTER_FIELDS)[number]>;

/** Search filters that are others than those of an earlier crawl, whose results they did not pass. */
export function changedSearchFilters(earlier: FilterFields, present: FilterFields): readonly string[] {
  // What is not set is missing in what was stored.
  const stored = JSON.parse(JSON.stringify(present)) as FilterFields;
  return FILTER_FIELDS.filter((name) => !isDeepStrictEqual(earlier[name], stored[name]));
}
