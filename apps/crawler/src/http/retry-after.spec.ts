import { believableWait, retryAfterMillis } from './retry-after';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const THIRTY_DAYS = 30 * 24 * 3600 * 1000;

describe('retryAfterMillis', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    [new Date(NOW + 5000).toUTCString(), 5000],
    [new Date(NOW - 5000).toUTCString(), 0],
    ['999999999', THIRTY_DAYS],
    ['9'.repeat(40), THIRTY_DAYS],
    ['Fri, 31 Dec 12000 23:59:59 GMT', THIRTY_DAYS],
    ['Sat, 13 Sep 275760 00:00:00 GMT', THIRTY_DAYS],
    ['Sun, 14 Sep 275760 00:00:00 GMT', undefined],
    ['Mon, 01 Jan 0001 00:00:00 GMT', 0],
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-3', undefined],
    ['1.5', undefined],
  ])('reads %p', (value, expected) => expect(retryAfterMillis(value, NOW)).toBe(expected));

  it('keeps stated waits within 0 and 30 days', () => {
    expect([-1, 0, 5000, 1e20, Infinity].map(believableWait)).toEqual([0, 0, 5000, THIRTY_DAYS, THIRTY_DAYS]);
  });
});
