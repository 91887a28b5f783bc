import fc from 'fast-check';
import type { DecisionLogLine } from '@winnow/contracts';
import { DecisionLog } from './decision-log';

const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

/** A line about an image, or with `undo` and `redo` about a batch. */
function line(
  seq: number,
  person: string,
  sha256: string | null,
  says: string,
  more: Partial<DecisionLogLine> = {},
): DecisionLogLine {
  const about = { seq, id: uuid(seq), person, sha256, says, at: new Date(seq).toISOString() };
  const nothing = { otherSha256: null, origin: 'one' as const, plan: null, chance: null, shown: null, note: null };
  return { ...nothing, ...about, batch: uuid(seq), settles: false, ...more };
}
const truthOf = (lines: readonly DecisionLogLine[], image = 'a') => {
  const { state, truth } = new DecisionLog(lines).decisionOf(image);
  return truth ?? state;
};

describe('DecisionLog', () => {
  it('knows nothing of an image of which nothing was said', () => {
    expect(new DecisionLog().decisionOf('a')).toEqual({ state: 'none', truth: null, opinions: [], foreign: [] });
    expect(new DecisionLog().historyOf('a')).toEqual([]);
  });

  it.each([
    ['one person', [line(1, 'p', 'a', 'class:cat')], 'class:cat'],
    ['a second thought', [line(1, 'p', 'a', 'class:cat'), line(2, 'p', 'a', 'open')], 'open'],
    ['two who agree', [line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'open')], 'open'],
    ['two who do not', [line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'class:open')], 'disputed'],
    ['one who is unsure', [line(1, 'p', 'a', 'unsure')], 'unsure'],
    ['one of whom another is unsure', [line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'unsure')], 'open'],
    ['an opinion taken back', [line(1, 'p', 'a', 'open'), line(2, 'p', 'a', 'cleared')], 'none'],
    [
      'the other one of two who disagree',
      [line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'class:cat'), line(3, 'p', 'a', 'cleared')],
      'class:cat',
    ],
  ])('says what holds after %s', (_, lines, truth) => {
    expect(truthOf(lines)).toBe(truth);
  });

  it('lets an opinion that settles win over those before it, until somebody disagrees again', () => {
    const lines = [
      ...[line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'class:cat')],
      ...[line(3, 'owner', 'a', 'class:dog', { settles: true }), line(4, 'q', 'a', 'class:dog')],
      ...[line(5, 'q', 'a', 'class:cat'), line(6, 'owner', null, 'undo', { batch: uuid(3) })],
    ];
    expect(lines.map((_, index) => truthOf(lines.slice(0, index + 1)))).toEqual([
      ...['open', 'disputed', 'class:dog', 'class:dog', 'disputed', 'disputed'],
    ]);
  });

  it('keeps what is settled until somebody else disagrees, whichever truth its person names later', () => {
    const lines = [
      ...[line(1, 'p', 'a', 'open'), line(2, 'q', 'a', 'class:cat')],
      ...[line(3, 'owner', 'a', 'class:dog', { settles: true }), line(4, 'owner', 'a', 'class:fox')],
      ...[line(5, 'owner', 'a', 'class:dog'), line(6, 'q', 'a', 'class:cat')],
      ...[line(7, 'q', null, 'undo', { batch: uuid(6) }), line(8, 'owner', 'a', 'unsure')],
    ];
    expect(lines.map((_, index) => truthOf(lines.slice(0, index + 1))).slice(2)).toEqual([
      ...['class:dog', 'class:fox', 'class:dog', 'disputed', 'class:dog', 'disputed'],
    ]);
  });

  it('takes a class that is gone for no opinion, and says so in the history', () => {
    const log = new DecisionLog(
      [
        ...[line(1, 'p', 'a', 'class:cow', { settles: true }), line(2, 'q', 'a', 'class:cat')],
        ...[line(3, 'p', 'b', 'class:cow'), line(4, 'p', 'c', 'class:cat'), line(5, 'p', 'c', 'class:cow')],
      ],
      ['cat', 'dog'],
    );
    expect(log.decisionOf('a')).toMatchObject({ truth: 'class:cat', opinions: [{ person: 'q' }] });
    expect(log.decisionOf('a').foreign).toMatchObject([{ person: 'p', says: 'class:cow' }]);
    // A second thought that names a class which is gone does not bring the first one back.
    expect(['b', 'c'].map((image) => log.decisionOf(image).state)).toEqual(['none', 'none']);
    expect(log.historyOf('a').map(({ isClassGone }) => isClassGone)).toEqual([true, undefined]);
  });

  it('takes a batch back for its own person only, and brings it again', () => {
    const batch = uuid(99);
    const log = new DecisionLog([
      line(1, 'p', 'a', 'open', { batch }),
      line(2, 'p', 'b', 'open', { batch }),
      line(3, 'q', 'a', 'class:cat', { batch }),
    ]);
    expect([...log.add([line(4, 'p', null, 'undo', { batch })])]).toEqual(['a', 'b']);
    expect([log.decisionOf('a').truth, log.decisionOf('b').state]).toEqual(['class:cat', 'none']);
    expect(log.historyOf('a').map(({ isUndone }) => isUndone)).toEqual([true, false]);
    log.add([line(5, 'p', null, 'redo', { batch })]);
    expect([log.decisionOf('a').state, log.decisionOf('b').truth]).toEqual(['disputed', 'open']);
    expect(log.add([line(5, 'p', null, 'undo', { batch })])).toEqual(new Set());
  });

  it('has the looks of a plan that stand, in order', () => {
    const look = { origin: 'measure' as const, plan: uuid(7) };
    const log = new DecisionLog([
      line(1, 'p', 'b', 'open', look),
      line(2, 'p', 'a', 'open', look),
      line(3, 'p', 'b', 'open'),
      line(4, 'q', 'b', 'open', { ...look, plan: uuid(8) }),
      line(5, 'q', 'b', 'class:cat', look),
      line(6, 'p', null, 'undo', { batch: uuid(2) }),
    ]);
    expect(log.looksOf(uuid(7)).map(({ seq }) => seq)).toEqual([1, 5]);
  });

  it('is what a naive reading of the lines says, whether they come at once or one by one', () => {
    const acts = fc.array(
      fc.record({
        person: fc.constantFrom('p', 'q', 'r'),
        sha256: fc.constantFrom('a', 'b', null),
        says: fc.constantFrom('class:cat', 'class:dog', 'open', 'unsure', 'cleared'),
        batch: fc.integer({ min: 1, max: 4 }).map(uuid),
        settles: fc.boolean(),
        isUndo: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(acts, (drawn) => {
        const lines = drawn.map(({ isUndo, says, sha256, ...act }, index) =>
          line(index + 1, act.person, sha256, sha256 === null ? (isUndo ? 'undo' : 'redo') : says, act),
        );
        const log = new DecisionLog();
        for (const one of lines) log.add([one]);
        for (const image of ['a', 'b']) {
          expect(log.decisionOf(image)).toEqual(new DecisionLog(lines).decisionOf(image));
          const { state, truth } = log.decisionOf(image);
          expect(truth ?? state).toBe(naiveTruth(lines, image));
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});

/** As the words of the specification have it, one step after the other. */
function naiveTruth(lines: readonly DecisionLogLine[], image: string): string {
  let standing: DecisionLogLine[] = [];
  for (const one of lines) {
    const isOfBatch = ({ person, batch }: DecisionLogLine) => person === one.person && batch === one.batch;
    if (one.says === 'undo') standing = standing.filter((other) => !isOfBatch(other));
    else if (one.says === 'redo') {
      const before = lines.filter((other) => other.sha256 !== null && other.seq < one.seq && isOfBatch(other));
      standing = [...new Set([...standing, ...before])].sort((a, b) => a.seq - b.seq);
    } else standing.push(one);
  }
  const opinions = new Map<string, DecisionLogLine>();
  const settlers = new Map<string, DecisionLogLine>();
  for (const one of standing) {
    if (one.sha256 !== image) continue;
    opinions.set(one.person, one);
    if (one.says === 'cleared' || one.says === 'unsure') settlers.delete(one.person);
    else if (one.settles) settlers.set(one.person, one);
  }
  const current = [...opinions.values()].filter(({ says }) => says !== 'cleared').sort((a, b) => a.seq - b.seq);
  const settled = [...settlers.values()].sort((a, b) => a.seq - b.seq).at(-1)?.seq ?? 0;
  const holding = current.filter(({ seq }) => seq >= settled);
  const truths = new Set(holding.map(({ says }) => says).filter((says) => says !== 'unsure'));
  if (truths.size > 1) return 'disputed';
  return [...truths][0] ?? (holding.length > 0 ? 'unsure' : 'none');
}
