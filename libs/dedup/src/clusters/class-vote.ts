import { compareText } from '@winnow/contracts';
import { votesOf } from './duplicate-item';
import type { DuplicateItem } from './duplicate-item';

/** Outcome of a vote on a label. */
export interface ClassVote {
  readonly className: string;
  /** The other classes with votes, in code-unit order. */
  readonly conflicts: readonly string[];
}

/** The class with most votes among copies of an image; ties go to `preferred`, then to the first by code units. */
export function voteOnClass(members: readonly DuplicateItem[], preferred: string): ClassVote {
  const [first] = members;
  if (first !== undefined && members.length === 1 && first.votes === undefined) {
    return { className: first.className, conflicts: [] };
  }
  const totals = new Map<string, number>();
  for (const member of members) {
    for (const [name, votes] of votesOf(member)) totals.set(name, (totals.get(name) ?? 0) + votes);
  }
  const names = [...totals.keys()].sort(compareText);
  const votes = (name: string): number => totals.get(name) ?? 0;
  const most = Math.max(...totals.values());
  const className = votes(preferred) === most ? preferred : (names.find((name) => votes(name) === most) ?? preferred);
  return { className, conflicts: names.filter((name) => name !== className) };
}
