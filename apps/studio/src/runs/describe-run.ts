import path from 'node:path';
import type { JsonValue, RunSummary, StudioEpoch, StudioRun, StudioRunDetail } from '@winnow/contracts';
import { jsonLeaves } from '@winnow/files';
import type { EvaluationRecord, ProgressRecord, RunRecord } from '@winnow/runs';

/** What is known of a run beside its record. */
export interface RunExtras {
  readonly evaluation: EvaluationRecord | null;
  /** Of the process that trains it now. */
  readonly progress: ProgressRecord | null;
  /** Key of its group. */
  readonly group: string | null;
}

/** Names that are whole in an address; others would need escapes, which the studio refuses. */
const PLAIN_NAME = /^\w[\w.~-]*$/;

/** What a run is called in addresses. */
export function runId({ folder, identity }: Pick<RunRecord, 'folder' | 'identity'>): string {
  const name = path.basename(folder);
  return PLAIN_NAME.test(name) ? name : identity.slice(0, 24);
}

/**
 * What a run reached, by what was measured last: `winnow evaluate` may have measured it on other test images since. Null
 * until it is finished.
 */
export function measuredSummary(record: RunRecord, evaluation: EvaluationRecord | null): RunSummary | null {
  const { summary } = record;
  if (summary === null || evaluation === null) return summary;
  const { accuracy, calibrationError, perClassAccuracy, testDigest } = evaluation;
  const { agreement, teacherAccuracy } = testDigest === testDigestOf(record, null) ? summary : evaluation;
  return {
    ...summary,
    accuracy,
    agreement: agreement ?? null,
    teacherAccuracy: teacherAccuracy ?? null,
    ...(calibrationError === undefined ? {} : { calibrationError }),
    ...(perClassAccuracy === undefined ? {} : { perClassAccuracy }),
  };
}

/** Digest of the test images that the accuracy of a run is of; null where there were none. */
export function testDigestOf({ config }: RunRecord, evaluation: EvaluationRecord | null): string | null {
  const { test } = config as { readonly test?: string | null };
  return evaluation?.testDigest ?? test ?? null;
}

/** One line of the list of runs. */
export function describeRun(record: RunRecord, { evaluation, progress, group }: RunExtras): StudioRun {
  const { manifest, config, metrics, finished } = record;
  return {
    id: runId(record),
    name: path.basename(record.folder),
    method: manifest.method,
    ...courseOf(record),
    seed: manifest.seed,
    epochsDone: metrics.length,
    isFinished: finished,
    progress: progress === null ? null : progressOf(progress),
    startedAt: manifest.startedAt,
    engine: manifest.engine,
    ...figuresOf(record, evaluation),
    testDigest: testDigestOf(record, evaluation),
    group,
    settings: flatSettings(config),
  };
}

function courseOf({ config, summary, metrics }: RunRecord): Pick<StudioRun, 'model' | 'epochs'> {
  const { student, train } = config as { readonly student?: string; readonly train?: { readonly epochs?: number } };
  return {
    model: summary?.model ?? student ?? 'unknown',
    epochs: train?.epochs ?? summary?.epochs ?? metrics.length,
  };
}

/** Of a run under way those of its last epochs. */
function figuresOf(
  record: RunRecord,
  evaluation: EvaluationRecord | null,
): Pick<StudioRun, 'accuracy' | 'agreement' | 'ece' | 'seconds'> {
  const summary = measuredSummary(record, evaluation);
  if (summary === null) {
    const { metrics } = record;
    return {
      accuracy: metrics.findLast(({ accuracy }) => accuracy !== undefined)?.accuracy ?? null,
      agreement: null,
      ece: null,
      seconds: metrics.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  }
  const { accuracy, agreement, calibrationError = null, seconds } = summary;
  return { accuracy, agreement, ece: calibrationError, seconds };
}

function progressOf({ done, total, unit, detail, secondsLeft }: ProgressRecord): NonNullable<StudioRun['progress']> {
  return { done, total, unit, detail, secondsLeft };
}

/** A run with its curves. */
export function describeRunDetail(
  record: RunRecord,
  extras: RunExtras & { readonly hasAnswers: boolean },
): StudioRunDetail {
  const { evaluation } = extras;
  const summary = measuredSummary(record, evaluation);
  return {
    ...describeRun(record, extras),
    curves: record.metrics.map(epochOf),
    ...confusionOf(record, evaluation),
    perClass: summary?.perClassAccuracy ?? {},
    hasAnswers: extras.hasAnswers,
    peakMemoryBytes: summary?.peakMemoryBytes ?? null,
    notes: summary?.notes ?? [],
  };
}

/** A table of many classes is in evaluation.json alone. */
function confusionOf(
  { config, summary }: RunRecord,
  evaluation: EvaluationRecord | null,
): Pick<StudioRunDetail, 'confusion' | 'testClasses'> {
  const { classes = [] } = config as { readonly classes?: readonly string[] };
  if (evaluation?.confusion) return { confusion: evaluation.confusion, testClasses: evaluation.classes ?? classes };
  const table = summary?.confusion;
  return table?.counts
    ? { confusion: table.counts, testClasses: table.classes }
    : { confusion: null, testClasses: classes };
}

function epochOf({ epoch, seconds, imagesSeen, ...metrics }: RunRecord['metrics'][number]): StudioEpoch {
  const parts = Object.entries(metrics.parts).map(([name, value]) => [`part ${name}`, value] as const);
  return {
    epoch,
    seconds,
    imagesSeen,
    values: {
      loss: metrics.loss,
      ...(parts.length > 1 ? Object.fromEntries(parts) : {}),
      ...(metrics.accuracy === undefined ? {} : { accuracy: metrics.accuracy }),
      'learning rate': metrics.learningRate,
    },
  };
}

/** All settings but the seed and what is shown otherwise, by path, as text. */
export function flatSettings(config: JsonValue): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...jsonLeaves(config)]
      .filter(([name]) => name !== 'train.seed' && name !== 'classes')
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
