import type { NoiseKind } from '../learning-names';
import type { MeasuredKind, MeasuredShare } from '../studio/studio-measure';

/** Rows: true kind; columns: found kind; order of NOISE_KINDS. Counts. */
export type KindConfusion = readonly [KindRow, KindRow, KindRow];
export type KindRow = readonly [number, number, number];

/** How well a split found the kinds, where the truth is known. All figures but the confusion in 0..1. */
export interface SplitQuality {
  readonly method: string;
  readonly macroF1: number;
  readonly confusion: KindConfusion;
  readonly precision: Readonly<Record<NoiseKind, number>>;
  readonly recall: Readonly<Record<NoiseKind, number>>;
  /** One-vs-rest; null where a kind has no or only members. */
  readonly auroc: Readonly<Record<NoiseKind, number | null>>;
  /** False-positive rate of "open" at 95 % recall. */
  readonly fpr95Open: number | null;
  /** Share of truly closed samples whose refined label is right. */
  readonly refinedAccuracy: number | null;
}

/** Pairwise figures of a build's duplicates against the truth, 0..1. */
export interface DuplicateMeasure {
  readonly precision: number;
  readonly recall: number;
}

/** One line of a run's metrics.jsonl. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly loss: number;
  /** Every term of the loss, weighted as in the sum. */
  readonly parts: Readonly<Record<string, number>>;
  /** On the test set, 0..1, where it was evaluated. */
  readonly accuracy?: number;
  readonly seconds: number;
  readonly imagesSeen: number;
}

/** What blind looks of people say of a split, as it was before decisions corrected it. */
export interface SplitMeasured {
  readonly splitId: string;
  /** When the newest of these looks was, ISO 8601: later ones are not in the figures. Absent in earlier records. */
  readonly lastLookAt?: string;
  /** All looks that were planned are done: the intervals hold. */
  readonly isComplete: boolean;
  /** Of the whole pool: images whose kind is right. */
  readonly overall: MeasuredShare;
  /** Of the whole pool: images whose label in the data set is right; the others are its label noise. Absent in earlier records. */
  readonly labels?: MeasuredShare;
  /** The data set was cleaned itself: its labels are not those under which images were collected. */
  readonly isOfCleaned?: true;
  readonly kinds: readonly Pick<MeasuredKind, 'kind' | 'looked' | 'precision' | 'recall'>[];
}

/** The split that a run learned from, and how it did. */
export interface SplitSummary {
  readonly method: string;
  readonly counts: Readonly<Record<NoiseKind, number>>;
  /** Of the images whose copies were found under several classes; null where there are none. */
  readonly conflicts: Readonly<Record<NoiseKind, number>> | null;
  /** Images whose kind a person told. */
  readonly corrected: number;
  /** Against the truth, where it is known. */
  readonly quality: SplitQuality | null;
  /** By looks of people; absent where nobody measured. */
  readonly measured?: SplitMeasured;
}

/** What was taken for what on the test set. */
export interface ConfusionRecord {
  readonly classes: readonly string[];
  /** Rows: true class, columns: predicted class; null where there are too many classes for a table. */
  readonly counts: readonly (readonly number[])[] | null;
  /** The most frequent mistakes, most frequent first. */
  readonly pairs: readonly ConfusedPair[];
}

export interface ConfusedPair {
  readonly trueClass: string;
  readonly predictedClass: string;
  readonly count: number;
  /** Test images of the true class. */
  readonly of: number;
}

/** Layers of a student between its own features and a classifier of the teacher. */
export interface ProjectorRecord {
  readonly parameters: number;
  /** What it adds to the student's time for one image; null where that was not measured. */
  readonly secondsPerPicture: number | null;
}

/** summary.json of a run: what it reached. */
export interface RunSummary {
  readonly method: string;
  readonly model: string;
  readonly seed: number;
  readonly epochs: number;
  /** Last epoch, on the test set, 0..1; null without a test set. */
  readonly accuracy: number | null;
  /** Share of held-out pool images on which student and teacher agree; where no test set is given. */
  readonly agreement: number | null;
  readonly teacherAccuracy: number | null;
  /** Per class on the test set, 0..1. */
  readonly perClassAccuracy: Readonly<Record<string, number>> | null;
  /** Expected calibration error on the test set, 0..1. */
  readonly calibrationError?: number | null;
  readonly confusion?: ConfusionRecord | null;
  readonly split?: SplitSummary;
  /** The method learned from the split; where not, it is told for the record only. */
  readonly readsSplit?: boolean;
  /** Trainable numbers of the student, a projector included. */
  readonly parameters?: number;
  readonly projector?: ProjectorRecord;
  readonly imagesSeen: number;
  /** Of all sittings; without asking the teacher about whole images of the pool, which is done once for all runs. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly engine: string;
  readonly notes: readonly string[];
}
