import type { MethodName, SplitSummary } from '@winnow/contracts';
import { METHODS } from '@winnow/training';

/** The split that a student learned from, for people. */
export function describeLearntSplit({ method, counts, corrected }: SplitSummary, learner: MethodName): string {
  const { needsSplit, name } = METHODS[learner];
  const byPerson = corrected === 0 ? '' : `, ${corrected} of them corrected by a person`;
  const unused = needsSplit ? '' : ` (${name} does not read it)`;
  return `Split ${method}: ${counts.clean} clean, ${counts.closed} closed, ${counts.open} open${byPerson}${unused}.`;
}
