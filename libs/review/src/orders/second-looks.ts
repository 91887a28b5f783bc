import { SeededRandom } from '@winnow/random';
import type { DecisionLog } from '../decisions/decision-log';
import { answersOf } from '../measure/plan-answers';
import type { LookAnswers } from '../measure/plan-answers';

/** Single looks that stand, by image and person. Whoever settles a dispute knows what others said: that is no look. */
export function singleLooks(log: DecisionLog): LookAnswers {
  return answersOf(log.linesOf('one').flatMap(({ line, isUndone }) => (isUndone || line.settles ? [] : [line])));
}

/** Images of which one person alone, another than this one, said something, by a single look; the oldest look first. */
export function waitingForSecondLook(log: DecisionLog, looks: LookAnswers, person: string): readonly string[] {
  return [...looks].flatMap(([image, answers]) =>
    answers.size === 1 && !answers.has(person) && log.decisionOf(image).opinions.length === 1 ? [image] : [],
  );
}

interface SecondLookShare {
  readonly looks: LookAnswers;
  readonly person: string;
  /** Of a person's looks, so many of a hundred are second ones; at most 50. */
  readonly percent: number;
  readonly count: number;
}

/**
 * Images that come next to a person: fresh ones, and among them those of which somebody else said something, at places drawn
 * by the name: of n looks floor(n · percent / 100) are second ones, or one more. What could not come yet is caught up with, never
 * two in a row as long as there are fresh ones.
 */
export function withSecondLooks(
  fresh: readonly string[],
  waiting: readonly string[],
  { looks, person, percent, count }: SecondLookShare,
): string[] {
  const own = [...looks.values()].flatMap((answers) => {
    const answer = answers.get(person);
    return answer === undefined ? [] : [{ at: answer.at, isSecond: answers.keys().next().value !== person }];
  });
  const done = own.filter(({ isSecond }) => isSecond).length;
  const last = own.reduce((newest, look) => (look.at > newest.at ? look : newest), { at: -1, isSecond: false });
  const mixed: string[] = [];
  let second = 0;
  let isAfterSecond = last.isSecond;
  while (mixed.length < count) {
    const next = fresh[mixed.length - second];
    const isDue = done + second < dueBy(own.length + mixed.length + 1, percent, person);
    const again: string | undefined = isDue && !(isAfterSecond && next !== undefined) ? waiting[second] : undefined;
    const image = again ?? next;
    if (image === undefined) break;
    isAfterSecond = again !== undefined;
    if (isAfterSecond) second += 1;
    mixed.push(image);
  }
  return mixed;
}

/** How many of so many looks are second ones: one in each block of a hundredth of them, somewhere in it. */
function dueBy(looks: number, percent: number, person: string): number {
  const startOf = (block: number): number => Math.ceil((100 * block) / percent);
  const whole = Math.floor((looks * percent) / 100);
  const start = startOf(whole);
  const drawn = new SeededRandom('second looks').fork(person, whole).int(startOf(whole + 1) - start);
  return start + drawn < looks ? whole + 1 : whole;
}
