import type { Outcome } from '../outcome';

/** How far a process is that works on a run now. */
interface StudioRunProgress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  /** Such as `epoch 2, loss 0.31`. */
  readonly detail: string;
  readonly secondsLeft: number | null;
}

/** A student's run; all shares 0 to 1. */
export interface StudioRun {
  /** Part of addresses: the name of its folder, or its identity where that name is none for an address. */
  readonly id: string;
  /** Of its folder. */
  readonly name: string;
  readonly method: string;
  readonly model: string;
  readonly seed: number;
  readonly epochs: number;
  /** 0 to epochs. */
  readonly epochsDone: number;
  readonly isFinished: boolean;
  /** Null unless a process trains it now. */
  readonly progress: StudioRunProgress | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly engine: string;
  /** Last test accuracy. */
  readonly accuracy: number | null;
  /** With the teacher, on held-out images, where there is no test set. */
  readonly agreement: number | null;
  readonly ece: number | null;
  readonly seconds: number | null;
  /** Names the test images: accuracies of different ones are not compared. Null without a test set. */
  readonly testDigest: string | null;
  /** `key` of its group; null before it has finished. */
  readonly group: string | null;
  /** All that it was made with but the seed, by path such as `train.learningRate`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Mean and sample deviation; none of a single value. */
export interface StudioSpread {
  readonly mean: number;
  readonly sd: number | null;
  readonly count: number;
}

/** Finished runs that differ in their seed only: same data set, settings and test images. */
export interface StudioRunGroup {
  readonly key: string;
  /** The method, with more where another group has the same one. */
  readonly name: string;
  readonly method: string;
  readonly model: string;
  readonly epochs: number;
  readonly seeds: readonly number[];
  /** Ids. */
  readonly runs: readonly string[];
  readonly accuracy: StudioSpread | null;
  readonly agreement: StudioSpread | null;
  readonly ece: StudioSpread | null;
  readonly seconds: StudioSpread;
  /** Mean over the seeds. */
  readonly perClass: Readonly<Record<string, number>>;
  readonly testDigest: string | null;
  readonly settings: Readonly<Record<string, string>>;
}

/** GET /api/runs: newest first. */
export interface StudioRuns {
  readonly runs: readonly StudioRun[];
  readonly groups: readonly StudioRunGroup[];
  readonly teacherAccuracy: number | null;
}

/** One epoch of a run. `values`: `loss`, its parts as `part NAME`, `accuracy` where it was measured, `learning rate`. */
export interface StudioEpoch {
  readonly epoch: number;
  readonly seconds: number;
  readonly imagesSeen: number;
  readonly values: Readonly<Record<string, number>>;
}

/** GET /api/runs/ID */
export interface StudioRunDetail extends StudioRun {
  readonly curves: readonly StudioEpoch[];
  /** `[true class][predicted class]` counts of test images; null where there is none, or too many classes for a table. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly testClasses: readonly string[];
  readonly perClass: Readonly<Record<string, number>>;
  /** Its answers on the test images are kept: cells and flips are lists. */
  readonly hasAnswers: boolean;
  readonly peakMemoryBytes: number | null;
  readonly notes: readonly string[];
}

/** A test image, and what runs took it for. */
export interface StudioTestImage {
  /** In the test list, from 0; its bytes: /pic/CAPABILITY/test/INDEX. */
  readonly index: number;
  readonly name: string;
  readonly trueClass: string;
  /** In the order of the runs that were asked for. */
  readonly predicted: readonly string[];
}

/**
 * GET /api/test-images?runs=A[,B]&true=&predicted=&flips=gained|lost&from=&count=: those of a cell of A, or those that one
 * of two runs knows and the other does not (`gained`: B alone knows them).
 */
export interface StudioTestImages {
  readonly total: number;
  readonly images: readonly StudioTestImage[];
  /** Why there is no list, in words, with what to do; null where there is one. */
  readonly missing: string | null;
}

/** One minute of GET /api/crawl. */
export interface StudioCrawlMinute {
  /** ISO 8601, start of the minute. */
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** GET /api/crawl */
export interface StudioCrawl {
  /** It is as it was when the database last answered. */
  readonly isDatabaseAway?: true;
  readonly state: 'not begun' | 'going on' | 'stopped' | 'ended';
  /** A process was heard of within the last minute. */
  readonly isRunning: boolean;
  /** Settled URLs a minute, over the last one; and how long until none is waiting, at that pace. */
  readonly perMinute: number;
  readonly secondsLeft: number | null;
  /** URLs of which nothing is known yet. */
  readonly pending: number;
  readonly classes: readonly {
    readonly name: string;
    /** Different files. */
    readonly stored: number;
    /** Different files that are wanted. */
    readonly target: number;
    /** Different image URLs, and of these what is still to be fetched. */
    readonly listed: number;
    readonly pending: number;
  }[];
  readonly engines: readonly {
    readonly name: string;
    readonly state: 'answers' | 'suspended' | 'not asked';
    /** Of the last answer. */
    readonly responseClass: string | null;
    /** ISO 8601. */
    readonly lastAnswer: string | null;
    /** In words, with what to do about it. */
    readonly reason: string | null;
    readonly until: string | null;
    readonly listed: number;
  }[];
  readonly outcomes: readonly {
    readonly outcome: Outcome;
    readonly label: string;
    readonly explanation: string;
    readonly count: number;
    readonly isRetryable: boolean;
  }[];
  /** The last hour, oldest first; minutes in which nothing came are left out. */
  readonly minutes: readonly StudioCrawlMinute[];
  /** Hosts with most URLs waiting. */
  readonly hosts: readonly { readonly host: string; readonly waiting: number; readonly until: string | null }[];
  /** sha256 of the newest stored images, newest first, at most 60. */
  readonly latest: readonly string[];
}

/** One address that a crawl fetches, and what became of it. Text from the web: hostile. */
export interface StudioFetch {
  readonly url: string;
  /** Where a reader may be sent: http and https without a password, else null. */
  readonly link: string | null;
  readonly host: string;
  /** Of the last answer, where there was one. */
  readonly status: number | null;
  readonly detail: string | null;
  readonly attempts: number;
  /** ISO 8601: tried last. */
  readonly at: string;
  /** When it is tried again; null: not unless asked for. */
  readonly nextTryAt: string | null;
}

/** GET /api/crawl/fetches?outcome=OUTCOME|waiting&from=&count= (at most 200): those tried last first. */
export interface StudioFetches {
  readonly total: number;
  readonly fetches: readonly StudioFetch[];
}
