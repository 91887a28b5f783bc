import type { ProjectSettings } from './project-schema';
import type { StoreAddress } from './environment/store-address';

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
  /** Undefined: originals are in `paths.blobs`. */
  readonly store: StoreAddress | undefined;
};
