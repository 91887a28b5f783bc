import type { DecisionLogLine } from '@winnow/contracts';
import { DecisionLog } from '../decisions/decision-log';
import { peopleAgreement } from '../measure/plan-answers';
import { singleLooks, waitingForSecondLook, withSecondLooks } from './second-looks';

const nothing = { otherSha256: null, plan: null, chance: null, shown: null, note: null, settles: false, at: '' };
/** `ben b dog`: a line of Ben's about the image b; each is a batch of its own. */
const log = (...texts: readonly (string | readonly [string, Partial<DecisionLogLine>])[]): DecisionLog =>
  new DecisionLog(
    texts.map((text, index): DecisionLogLine => {
      const [words, more] = typeof text === 'string' ? [text, {}] : text;
      const [person, sha256, says] = words.split(' ') as [string, string, string];
      const ids = { seq: index + 1, id: `${index}`, batch: `${index}` };
      return { ...nothing, ...ids, person, sha256, says, origin: 'one', ...more };
    }),
  );

describe('second looks', () => {
  it('wait at images of which one other person alone said something, one by one', () => {
    const lines = log(
      'anna a class:cat',
      'anna b class:cat',
      'ben b class:dog',
      ['anna c class:cat', { origin: 'sheet' }],
      ['anna d class:cat', { batch: 'wrong key' }],
      ['anna d undo', { sha256: null, says: 'undo', batch: 'wrong key' }],
      'anna e unsure',
      'anna f open',
      ['ben f open', { origin: 'bulk' }],
      'ben g open',
    );
    const looks = singleLooks(lines);
    const waiting = (person: string) => waitingForSecondLook(lines, looks, person);
    expect([waiting('anna'), waiting('ben'), waiting('carl')]).toEqual([['g'], ['a', 'e'], ['a', 'e', 'g']]);
  });

  it('are compared as they were first told: whoever settles a dispute knew what was said', () => {
    const lines = log('anna a open', 'ben a open', 'anna b class:cat', 'ben b class:dog', [
      'anna b class:dog',
      { settles: true },
    ]);
    expect(peopleAgreement(singleLooks(lines))).toMatchObject({ same: 1, of: 2 });
  });

  it.each([2, 7, 10, 25, 50])('are %i of a hundred looks, spread among them, from the first to the last', (percent) => {
    const fresh = Array.from({ length: 600 }, (_, at) => `fresh-${at}`);
    const waiting = Array.from({ length: 400 }, (_, at) => `waiting-${at}`);
    const mixed = withSecondLooks(fresh, waiting, { looks: new Map(), person: 'ben', percent, count: 600 });
    let second = 0;
    mixed.forEach((image, at) => {
      if (image.startsWith('w')) second += 1;
      const whole = Math.floor(((at + 1) * percent) / 100);
      expect([whole, whole + 1]).toContain(second);
    });
    expect(second).toBe(6 * percent);
    expect(new Set(mixed).size).toBe(600);
  });

  it('go on where they were, and catch up with what could not come, but not at once', () => {
    const looks = singleLooks(log(...Array.from({ length: 30 }, (_, at) => `ben own-${at} open`)));
    const share = { looks, person: 'ben', percent: 10 };
    const fresh = Array.from({ length: 20 }, (_, at) => `fresh-${at}`);
    const waiting = Array.from({ length: 9 }, (_, at) => `waiting-${at}`);
    expect(withSecondLooks(fresh, waiting, { ...share, count: 4 })).toEqual([
      ...['waiting-0', 'fresh-0', 'waiting-1', 'fresh-1'],
    ]);
    const mixed = withSecondLooks(fresh, waiting, { ...share, count: 20 });
    expect(mixed.filter((image) => image.startsWith('w'))).toHaveLength(5);
    // The same is handed out again as long as nothing is decided.
    expect(withSecondLooks(fresh, waiting, { ...share, count: 20 })).toEqual(mixed);
    const one = [
      ...Array.from({ length: 30 }, (_, at) => `ben own-${at} open`),
      'anna waiting-0 open',
      'ben waiting-0 open',
    ];
    const later = { ...share, looks: singleLooks(log(...one)), count: 19 };
    expect(withSecondLooks(fresh, waiting.slice(1), later)).toEqual(mixed.slice(1));
    expect(withSecondLooks([], waiting, { ...share, count: 20 })).toEqual(waiting.slice(0, 3));
    expect(withSecondLooks(fresh.slice(0, 3), [], { ...share, count: 20 })).toEqual(fresh.slice(0, 3));
  });
});
