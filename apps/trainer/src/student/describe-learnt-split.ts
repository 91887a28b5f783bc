import { describePassedOver } from '@winnow/config';
import type { MethodName, RunSummary, SplitSummary } from '@winnow/contracts';
import { METHODS } from '@winnow/training';
import type { StudentJob, StudentResult } from './student-job';

/** The split that a student learned from, for people. */
export function describeLearntSplit({ method, counts, corrected }: SplitSummary, learner: MethodName): string {
  const { needsSplit, readsDecisions, name } = METHODS[learner];
  const byPerson = corrected === 0 ? '' : `, ${corrected} of them corrected by a person`;
  const read =
    corrected > 0 && readsDecisions === true
      ? `${name} reads only what the person decided`
      : `${name} does not read it`;
  const unused = needsSplit ? '' : ` (${read})`;
  return `Split ${method}: ${counts.clean} clean, ${counts.closed} closed, ${counts.open} open${byPerson}${unused}.`;
}

/**
 * The split that a student of an earlier run learned from. A method that reads no split is not trained again for another:
 * record and card tell of that of then.
 */
function describeReusedSplit({ split, method }: RunSummary, today: SplitSummary): string[] {
  if (split === undefined) return [];
  const found = ({ quality: _byTruth, measured: _byLooks, ...rest }: SplitSummary): string => JSON.stringify(rest);
  const then = describeLearntSplit(split, method as MethodName);
  if (found(split) === found(today)) return [then];
  return [then, 'That is the split of then: the run was not changed, nor its card.'];
}

/** What a person should know of the split and its corrections once a student is trained; nothing where there is no split. */
export function describeSplitOf(
  { split, splitSummary, corrections }: Pick<StudentJob, 'split' | 'splitSummary' | 'corrections'>,
  { summary, reused }: Pick<StudentResult, 'summary' | 'reused'>,
): string[] {
  if (split === null || splitSummary === null) return describePassedOver(corrections);
  return [
    ...(reused
      ? describeReusedSplit(summary, splitSummary)
      : [describeLearntSplit(splitSummary, summary.method as MethodName)]),
    ...describePassedOver(corrections),
  ];
}
