import type { ProjectConfig } from '@winnow/config';
import type {
  BuildRecord,
  Database,
  ExclusionRow,
  RunRow,
  SampleRow,
  SplitRecord,
  SplitRow,
  StoredImage,
} from '@winnow/db';

/** What the database knows of a project's newest build. */
export interface ProjectRecords {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly build: BuildRecord | undefined;
  /** The one that the report shows. */
  readonly split: SplitRecord | undefined;
  /** All of the build, newest first. */
  readonly splits: readonly SplitRecord[];
  /** In the order of the build. */
  readonly samples: readonly SampleRow[];
  /** Sorted by key. */
  readonly splitRows: readonly SplitRow[];
  readonly runRows: readonly RunRow[];
  /** Every original of the project, sorted by digest. */
  readonly originals: readonly StoredImage[];
  /** What the build left out. */
  readonly exclusions: readonly ExclusionRow[];
}
