import { asRecord, asResults } from './json-body';
import type { JsonRecord } from './json-body';

/** The objects among the items of a list, of no more than a page may have; none when it is no list. */
export function asRecords(value: unknown): readonly JsonRecord[] {
  return asResults(value).flatMap((item): readonly JsonRecord[] => {
    const record = asRecord(item);
    return record === undefined ? [] : [record];
  });
}
