import { sinceDate } from './run-crawl';

describe('sinceDate', () => {
  const now = Date.UTC(2026, 1, 1);

  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:30:00Z', '2026-01-31T12:30:00.000Z'],
    ['12h', '2026-01-31T12:00:00.000Z'],
    ['30d', '2026-01-02T00:00:00.000Z'],
    ['2w', '2026-01-18T00:00:00.000Z'],
  ])('%p', (text, expected) => {
    expect(sinceDate(text, now)?.toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '30', '2026-13-01', '31.1.2026', '-3d'])('%p is no time', (text) => {
    expect(sinceDate(text, now)).toBeUndefined();
  });
});
