import { createHash } from 'node:crypto';
import type { JsonValue } from '@winnow/contracts';
import { canonicalJson } from '@winnow/files';

/** Everything that decides what a run computes; paths, dates and devices do not belong here. */
export interface RunIdentityParts {
  /** Resolved configuration of the run. */
  readonly config: JsonValue;
  readonly buildDigest: string;
  /** Null for a run without a teacher, such as training one. */
  readonly teacherDigest: string | null;
  readonly method: string;
  readonly seed: number;
}

/** sha256, hex, of the parts in canonical JSON: two runs with one identity compute the same thing. */
export function runIdentity(parts: RunIdentityParts): string {
  const { config, buildDigest, teacherDigest, method, seed } = parts;
  return createHash('sha256').update(canonicalJson({ config, buildDigest, teacherDigest, method, seed })).digest('hex');
}

/** What a run folder is named after. */
export interface RunNameParts {
  /** ISO date or time; the day is used. */
  readonly date: string;
  readonly project: string;
  readonly method: string;
  readonly seed: number;
}

/** `<date>-<project>-<method>-s<seed>`, in characters that every file system takes. */
export function runFolderName({ date, project, method, seed }: RunNameParts): string {
  return `${slug(date.slice(0, 10))}-${slug(project)}-${slug(method)}-s${seed}`;
}

function slug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'unnamed' : plain;
}
