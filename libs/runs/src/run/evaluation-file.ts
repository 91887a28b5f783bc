import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is read of evaluation.json, which `winnow evaluate` leaves in a run's folder; all shares 0..1. */
export interface EvaluationRecord {
  readonly accuracy: number;
  /** Of the test images. */
  readonly testDigest: string;
  readonly calibrationError?: number;
  readonly perClassAccuracy?: Readonly<Record<string, number>>;
  /** Rows: true class, columns: predicted class; null where there are too many classes. */
  readonly confusion?: readonly (readonly number[])[] | null;
  /** In the order of `confusion`; earlier versions leave it out. */
  readonly classes?: readonly string[];
  /** With the run's own teacher, and that one's accuracy; null where another one was asked, or none. */
  readonly agreement?: number | null;
  readonly teacherAccuracy?: number | null;
}

/** Null where there is none, and for those of earlier versions, which do not name the test images, or damaged ones. */
export async function readEvaluation(folder: string): Promise<EvaluationRecord | null> {
  try {
    const value = JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8')) as EvaluationRecord | null;
    const { accuracy, testDigest } = (value ?? {}) as Partial<Record<keyof EvaluationRecord, unknown>>;
    return fractionOf(accuracy) !== null && typeof testDigest === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** A number of 0..1; null for anything else that a file may say. */
export function fractionOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null;
}
