import { between, oneOf, POSITIVE, readSettings, wholeBetween } from './method-settings';
import type { MethodSettings } from './method-settings';

const DEFAULTS = { temperature: 4, labels: 'shift', balance: false };

const RULES = { temperature: POSITIVE, labels: oneOf('shift', 'none') };

const AGAINST_RULES: readonly (readonly [MethodSettings, string])[] = [
  [{ temperature: 0 }, 'temperature is 0, not a number above 0'],
  [{ temperature: Infinity }, 'temperature is Infinity, not a number above 0'],
  [{ labels: 'all' }, 'labels is all, not shift or none'],
];

const WRONG: readonly MethodSettings[] = [{ temprature: 2 }, { temperature: 'hot' }, { labels: 1 }, { toString: 'x' }];

describe('readSettings', () => {
  test('fills in what a run does not set', () => {
    expect(readSettings({ settings: { temperature: 2, balance: true } }, DEFAULTS)).toEqual({
      temperature: 2,
      labels: 'shift',
      balance: true,
    });
    expect(readSettings({}, DEFAULTS)).toEqual(DEFAULTS);
  });

  test.each(WRONG)('refuses %p and names what there is', (settings) => {
    expect(() => readSettings({ settings }, DEFAULTS)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', next: expect.stringContaining('temperature (number)') }),
    );
  });

  test.each(AGAINST_RULES)('refuses %p and says what it may be', (settings, message) => {
    expect(() => readSettings({ settings }, DEFAULTS, RULES)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
    );
    expect(readSettings({ settings: { labels: 'none', balance: true } }, DEFAULTS, RULES).labels).toBe('none');
  });

  test('rules of numbers include their ends', () => {
    expect([0, 0.5, 0.51, -0.1, NaN].map((value) => between(0, 0.5).allows(value))).toEqual([true, true, false, false, false]); // prettier-ignore
    expect([1, 16, 0, 17, 1.5].map((value) => wholeBetween(1, 16).allows(value))).toEqual([true, true, false, false, false]); // prettier-ignore
  });

  test('says so where there are none', () => {
    expect(() => readSettings({ settings: { views: 2 } }, {})).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', next: 'It has no settings: leave it out.' }),
    );
    expect(readSettings({}, {})).toEqual({});
  });
});
