import { findColumn } from '@winnow/shards';
import type { SourceFacts } from './import-source';
import { factColumns, sourceFacts } from './source-facts';

/** What is said about an image beside it: texts by extension (cls, txt, json). */
export interface Sidecar {
  readonly texts: ReadonlyMap<string, string>;
  /** Folders in which it lies, within its archive. */
  readonly folders?: readonly string[];
}

/** Where the class of an image is stated. */
export type LabelIndex = 'cls' | 'txt' | { readonly field: string } | { readonly folderLevel: number };

/** Finds where a source states classes, by one of its images; undefined where nothing looks like it. */
export function findLabel({ texts }: Sidecar): LabelIndex | undefined {
  if (texts.has('cls')) return 'cls';
  const field = findColumn(Object.keys(readFields(texts.get('json'))), 'class');
  if (field !== undefined) return { field };
  return texts.has('txt') || 'caption' in readFields(texts.get('json')) ? 'txt' : undefined;
}

/** What is stated at that place. */
export function labelOf({ texts, folders }: Sidecar, location: LabelIndex): unknown {
  if (typeof location === 'object' && 'folderLevel' in location) return folders?.[location.folderLevel];
  if (location === 'cls') return texts.get('cls');
  const fields = readFields(texts.get('json'));
  return location === 'txt' ? (texts.get('txt') ?? fields['caption']) : fields[location.field];
}

/** What else is stated; of a data set of winnow, the first sighting. */
export function factsOf({ texts }: Sidecar): SourceFacts {
  const fields = readFields(texts.get('json'));
  const own = sourceFacts(factColumns(Object.keys(fields)), (name) => fields[name]);
  const first: unknown = Array.isArray(fields['provenance']) ? fields['provenance'][0] : undefined;
  if (typeof first !== 'object' || first === null) return own;
  const { imageUrl: url, ...occurrence } = first as Record<string, unknown>;
  const values: Record<string, unknown> = { ...occurrence, url };
  const columns = { url: 'url', pageUrl: 'pageUrl', title: 'title', license: 'license', licenseUrl: 'licenseUrl' };
  return { ...sourceFacts({ ...columns, creator: 'creator' }, (name) => values[name]), ...own };
}

function readFields(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
