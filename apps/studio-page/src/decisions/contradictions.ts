import type { DecisionLogLine } from '@winnow/contracts';
import { countOf } from '../parts/numbers';
import type { LocalDecision } from './decision-queue';

/** One sentence for each person of whom a line contradicts what was decided here. */
export function contradictions(
  lines: readonly Pick<DecisionLogLine, 'person' | 'sha256' | 'otherSha256' | 'says'>[],
  person: string,
  decided: ReadonlyMap<string, LocalDecision>,
): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (line.person === person || line.sha256 === null || line.otherSha256 !== null) continue;
    const own = decided.get(line.sha256)?.says;
    if (own === undefined || !isTruth(own) || !isTruth(line.says) || own === line.says) continue;
    counts.set(line.person, (counts.get(line.person) ?? 0) + 1);
  }
  return Array.from(counts, ([name, count]) => {
    const what = count === 1 ? 'an image' : countOf(count, 'image');
    return `${name} decided otherwise of ${what} that you decided: disputed, until an owner settles it.`;
  });
}

function isTruth(says: string): boolean {
  return says === 'open' || says.startsWith('class:');
}
