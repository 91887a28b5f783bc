import type { DecisionLogLine } from '@winnow/contracts';
import { buildDecisions, newDecisions } from './build-decisions';
import { DecisionLog } from './decision-log';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

function line(
  seq: number,
  says: string,
  sha256: string | null,
  more: Partial<Pick<DecisionLogLine, 'otherSha256' | 'batch' | 'person'>> = {},
): DecisionLogLine {
  const nothing = { otherSha256: null, origin: 'one' as const, plan: null, chance: null, shown: null, note: null };
  const about = { id: uuid(seq), seq, says, sha256, person: 'p', batch: uuid(seq), at: '2026-11-30', settles: false };
  return { ...nothing, ...about, ...more };
}
const pair = (seq: number, says: string, sha256 = 'a', otherSha256 = 'b') => line(seq, says, sha256, { otherSha256 });
const comesTo = (lines: readonly DecisionLogLine[]) => {
  const { pairs, leftOut } = buildDecisions(lines);
  return [...[...pairs.values()].map(({ says, sha256 }) => `${says} ${sha256}`), ...leftOut.keys()];
};

describe('what people say for the next build', () => {
  it.each([
    ['the last word on a pair, in either order', [pair(1, 'same'), pair(2, 'not-a-copy', 'b', 'a')], ['not-a-copy b']],
    ['which of them is kept', [pair(1, 'not-a-copy'), pair(2, 'keep', 'b', 'a')], ['keep b']],
    ['nothing where it was cleared', [pair(1, 'same'), pair(2, 'cleared')], []],
    ['nothing of what nobody can say', [pair(1, 'sister')], []],
    ['what is left out', [line(1, 'leave-out', 'a'), line(2, 'leave-out', 'b'), line(3, 'take-in', 'a')], ['b']],
    ['not what was undone', [pair(1, 'same'), line(2, 'undo', null, { batch: uuid(1) })], []],
    ['not what others undo', [pair(1, 'same'), line(2, 'undo', null, { batch: uuid(1), person: 'q' })], ['same a']],
    [
      'what was said before what is undone',
      [pair(1, 'same'), pair(2, 'not-a-copy'), line(3, 'undo', null, { batch: uuid(2) })],
      ['same a'],
    ],
    [
      'what was brought again',
      [
        pair(1, 'same'),
        line(2, 'undo', null, { batch: uuid(1) }),
        line(3, 'redo', null, { batch: uuid(1) }),
        line(4, 'open', 'a'),
      ],
      ['same a'],
    ],
  ])('is %s', (_, lines, expected) => {
    expect(comesTo(lines)).toEqual(expected);
  });

  it('leaves opinions about what an image shows as they are', () => {
    const log = new DecisionLog([line(1, 'class:cat', 'a'), line(2, 'leave-out', 'a'), pair(3, 'cleared')]);
    expect(log.decisionOf('a')).toMatchObject({ state: 'decided', truth: 'class:cat' });
    expect(log.last).toBe(3);
  });
});

describe('what a build does not follow yet', () => {
  const nothing = { pairs: 0, kept: 0, leftOut: 0, takenBack: 0 };
  const undone = line(2, 'undo', null, { batch: uuid(1) });
  it.each([
    ['nothing where it read all', 2, [pair(1, 'same'), line(2, 'leave-out', 'a')], nothing],
    ['what was said after it read', 1, [pair(1, 'same'), line(2, 'leave-out', 'a')], { ...nothing, leftOut: 1 }],
    ['another word on a pair', 1, [pair(1, 'same'), pair(2, 'not-a-copy')], { ...nothing, pairs: 1 }],
    ['the other one kept', 1, [pair(1, 'keep'), pair(2, 'keep', 'b', 'a')], { ...nothing, kept: 1 }],
    ['no word that says the same again', 1, [pair(1, 'same'), pair(2, 'same', 'b', 'a')], nothing],
    ['what was taken back since', 1, [pair(1, 'same'), undone], { ...nothing, takenBack: 1 }],
    ['an image taken in again', 1, [line(1, 'leave-out', 'a'), line(2, 'take-in', 'a')], { ...nothing, takenBack: 1 }],
    ['nothing that was said and taken back since', 0, [pair(1, 'same'), undone], nothing],
    [
      'what was brought again since it read that it was taken back',
      2,
      [pair(1, 'same'), undone, line(3, 'redo', null, { batch: uuid(1) })],
      { ...nothing, pairs: 1 },
    ],
  ])('is %s', (_, read, lines, expected) => {
    const followed = buildDecisions(lines.filter(({ seq }) => seq <= read));
    expect(newDecisions(buildDecisions(lines), followed)).toEqual(expected);
  });
});
