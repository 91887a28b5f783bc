import { createHash } from 'node:crypto';
import type { StudioRunGroup } from '@winnow/contracts';
import { spread } from '@winnow/runs';
import type { EvaluationRecord, RunRecord } from '@winnow/runs';
import { groupName, groupRuns, settingsOf } from '../report/result-groups';
import type { ResultGroup } from '../report/result-groups';
import { flatSettings, measuredSummary, runId, testDigestOf } from './describe-run';

/** A run, and what `winnow evaluate` measured of it. */
export interface MeasuredRun {
  readonly record: RunRecord;
  readonly evaluation: EvaluationRecord | null;
}

/**
 * Finished runs by all but their seed, as the report groups them, those of other data sets and test images apart: means over
 * different test images would say nothing.
 */
export function studioGroups(runs: readonly MeasuredRun[]): readonly StudioRunGroup[] {
  const byId = new Map(runs.map((run) => [runId(run.record), run]));
  const reports = runs.flatMap(({ record, evaluation }) => {
    const summary = measuredSummary(record, evaluation);
    if (summary === null) return [];
    const { buildDigest } = record.manifest;
    const settings = JSON.stringify([settingsOf(record), buildDigest, testDigestOf(record, evaluation)]);
    return [{ name: runId(record), summary, metrics: record.metrics, settings }];
  });
  const groups = groupRuns(reports);
  return groups.flatMap((group) => {
    const first = byId.get(group.runs[0]?.name ?? '');
    return first === undefined ? [] : [describeGroup(group, groups, first)];
  });
}

function describeGroup(
  group: ResultGroup,
  groups: readonly ResultGroup[],
  { record, evaluation }: MeasuredRun,
): StudioRunGroup {
  const { method, model, epochs, engine, split, seeds, runs, accuracy, agreement, seconds, perClass } = group;
  const identity = JSON.stringify([method, model, epochs, engine, split, runs[0]?.settings]);
  return {
    key: createHash('sha256').update(identity).digest('hex').slice(0, 12),
    name: groupName(group, groups),
    method,
    model,
    epochs,
    seeds,
    runs: runs.map(({ name }) => name),
    accuracy,
    agreement,
    ece: spread(runs.map(({ summary }) => summary.calibrationError)),
    seconds,
    perClass,
    testDigest: testDigestOf(record, evaluation),
    settings: flatSettings(record.config),
  };
}
