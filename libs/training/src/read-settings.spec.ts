import type { MethodSettings } from './method';
import { readSettings } from './read-settings';

const DEFAULTS = { temperature: 4, labels: 'shift', balance: false };

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
});
