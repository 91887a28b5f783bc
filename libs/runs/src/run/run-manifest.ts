/** manifest.json of a run: what was run, on what, with what. */
export interface RunManifest {
  readonly identity: string;
  readonly project: string;
  readonly method: string;
  readonly seed: number;
  /** Further seeds by purpose, such as `batches`. */
  readonly seeds: Readonly<Record<string, number>>;
  /** ISO time of the first start. */
  readonly startedAt: string;
  readonly versions: RunVersions;
  /** Null outside a git checkout. */
  readonly git: GitState | null;
  readonly buildDigest: string;
  readonly teacherDigest: string | null;
  /** Search engines that listed training images, and the two that stand for imports, sorted; runs of old do not say. */
  readonly imageEngines?: readonly string[];
  /** List of the training images' licences and creators, relative to the project; null where the build has none. */
  readonly attribution?: string | null;
  /** Compute engine, such as `native` or `wasm`. */
  readonly engine: string;
  readonly device: string;
  /** The file of the student's weights; null until it is written, left out by earlier versions. */
  readonly weights?: { readonly name: string; readonly sizeBytes: number; readonly sha256: string } | null;
  /** Null until the run has finished. */
  readonly wallSeconds: number | null;
  readonly peakMemoryBytes: number | null;
}

interface RunVersions {
  readonly winnow: string;
  readonly node: string;
  readonly engine: string;
}

export interface GitState {
  /** Full hex digest. */
  readonly commit: string;
  /** True when tracked files differ from the commit. */
  readonly dirty: boolean;
}

/** What the caller knows at the start; the rest follows from the run's name and configuration. */
export type RunManifestInput = Pick<
  RunManifest,
  | 'startedAt'
  | 'versions'
  | 'git'
  | 'buildDigest'
  | 'teacherDigest'
  | 'imageEngines'
  | 'attribution'
  | 'engine'
  | 'device'
> & { readonly seeds?: Readonly<Record<string, number>> };
