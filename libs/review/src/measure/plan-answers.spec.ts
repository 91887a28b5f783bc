import { answersOf, consistencyOf, peopleAgreement } from './plan-answers';
import type { PlanLine } from './plan-answers';

const line = (sha256: string, says: string, person = 'p'): PlanLine => ({ sha256, says, person });
const others = (count: number, person = 'p') =>
  Array.from({ length: count }, (_, at) => line(`o${at}`, 'open', person));

describe('answersOf', () => {
  it('takes a second thought for the first, and what is said much later for another look', () => {
    const answers = answersOf([line('a', 'class:cat'), line('a', 'open'), ...others(30), line('a', 'class:dog')]);
    expect(answers.get('a')?.get('p')).toEqual({ says: 'open', again: 'class:dog', at: 0, lastAt: 32 });
    expect(consistencyOf(answers)).toMatchObject({ same: 0, of: 1 });
  });

  it('forgets what was taken back', () => {
    const answers = answersOf([line('a', 'open'), line('a', 'cleared'), line('b', 'open'), line('b', 'open', 'q')]);
    expect(answers.get('a')?.size).toBe(0);
    expect(peopleAgreement(answers)).toMatchObject({ same: 1, of: 1 });
  });

  it('counts places by person', () => {
    const answers = answersOf([line('a', 'open'), ...others(30, 'q'), line('a', 'class:cat')]);
    expect(answers.get('a')?.get('p')).toEqual({ says: 'class:cat', again: null, at: 0, lastAt: 1 });
  });
});
