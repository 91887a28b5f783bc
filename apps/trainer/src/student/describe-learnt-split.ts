import type { MethodName, RunSummary, SplitSummary } from '@winnow/contracts';
import { METHODS } from '@winnow/training';

/** The split that a student learned from, for people. */
export function describeLearntSplit({ method, counts, corrected }: SplitSummary, learner: MethodName): string {
  const { needsSplit, name } = METHODS[learner];
  const byPerson = corrected === 0 ? '' : `, ${corrected} of them corrected by a person`;
  const unused = needsSplit ? '' : ` (${name} does not read it)`;
  return `Split ${method}: ${counts.clean} clean, ${counts.closed} closed, ${counts.open} open${byPerson}${unused}.`;
}

/**
 * The split that a student of an earlier run learned from. A method that reads no split is not trained again for another:
 * record and card tell of that of then.
 */
export function describeReusedSplit({ split, method }: RunSummary, today: SplitSummary): string[] {
  if (split === undefined) return [];
  const found = ({ quality: _measured, ...rest }: SplitSummary): string => JSON.stringify(rest);
  const then = describeLearntSplit(split, method as MethodName);
  if (found(split) === found(today)) return [then];
  return [then, 'That is the split of then: the run was not changed, nor its card.'];
}
