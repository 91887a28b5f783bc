import { asList, asRecord } from './json-body';
import type { JsonRecord } from './json-body';

/** The objects among the items of a list; none when it is no list. */
export function asRecords(value: unknown): readonly JsonRecord[] {
  return asList(value).flatMap((item): readonly JsonRecord[] => {
    const record = asRecord(item);
    return record === undefined ? [] : [record];
  });
}
