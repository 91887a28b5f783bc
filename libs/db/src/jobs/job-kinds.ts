/** What a job does: list a class, fetch the due URLs of some hosts, or decide what a project needs next. */
export const JOB_KINDS = ['list', 'fetch', 'advance'] as const;

export type JobKind = (typeof JOB_KINDS)[number];

export interface JobData {
  readonly project: string;
  /** Of `list`. */
  readonly className?: string;
  /** Of `fetch`: hosts, with the port where it is not the usual one. */
  readonly hosts?: readonly string[];
  /** Of `fetch`: URLs at which a process died, instead of the others. */
  readonly suspects?: boolean;
  /** Of `fetch`: what was due then is; milliseconds since 1970, by the clock of whoever sent it. */
  readonly dueAtMillis?: number;
  /** Of `fetch`: most URLs to take. */
  readonly limit?: number;
}

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly data: JobData;
  /** How often it was taken before: tells this holder from one that comes after. */
  readonly attempt: number;
}

export interface NewJob {
  readonly kind: JobKind;
  readonly data: JobData;
  /** Of the jobs of one kind and key only one waits at a time; a second one is ignored. */
  readonly key: string;
}

/** Jobs of a project by what has become of them. */
export interface JobCounts {
  readonly queued: number;
  readonly running: number;
  /** Given up after many tries. */
  readonly dead: number;
}

/** What jobs were about that failed many times. */
export interface GivenUp {
  readonly hosts: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
}
