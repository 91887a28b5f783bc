import path from 'node:path';
import type { ProjectSettings } from './project-schema';

/** Where the project's files are; absolute paths. */
interface ProjectPaths {
  readonly file: string;
  /** Folder of the project file; relative paths in it start here. */
  readonly root: string;
  /** `.winnow` beside the project file. */
  readonly state: string;
  readonly blobs: string;
  readonly builds: string;
  readonly runs: string;
}

/** Of tuples, tuples. */
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The resolved, frozen configuration of one command. */
export type ProjectConfig = DeepReadonly<ProjectSettings> & {
  readonly paths: ProjectPaths;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
};

/** Where the original file of this digest (hex) is kept: `blobs/ab/<sha256>`. */
export function blobPath(blobsDir: string, sha256: string): string {
  return path.join(blobsDir, sha256.slice(0, 2), sha256);
}
