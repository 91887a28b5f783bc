/** One row of GET /api/runs, newest first. */
export interface StudioRun {
  /** Name of its folder. */
  readonly id: string;
  readonly method: string;
  readonly model: string;
  readonly seed: number;
  readonly epochs: number;
  /** 0 to epochs. */
  readonly epochsDone: number;
  readonly isFinished: boolean;
  /** Last test accuracy, 0 to 1. */
  readonly accuracy: number | null;
  readonly ece: number | null;
  readonly seconds: number | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** GET /api/runs/ID */
export interface StudioRunDetail extends StudioRun {
  /** One entry an epoch. */
  readonly curves: readonly { readonly epoch: number; readonly values: Readonly<Record<string, number>> }[];
  /** `[true class][predicted class]` counts of test images. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly testClasses: readonly string[];
}

/** One minute of GET /api/crawl. */
export interface StudioCrawlMinute {
  /** ISO 8601, start of the minute. */
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** GET /api/crawl */
export interface StudioCrawl {
  readonly isRunning: boolean;
  readonly classes: readonly { readonly name: string; readonly stored: number; readonly target: number }[];
  readonly engines: readonly {
    readonly name: string;
    readonly state: string;
    readonly lastAnswer: string | null;
    readonly reason: string | null;
    readonly until: string | null;
  }[];
  readonly outcomes: readonly { readonly outcome: string; readonly count: number; readonly isRetryable: boolean }[];
  readonly minutes: readonly StudioCrawlMinute[];
  /** sha256 of the newest stored images, newest first, at most 60. */
  readonly latest: readonly string[];
}
