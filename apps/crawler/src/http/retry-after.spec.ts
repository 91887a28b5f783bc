import { retryAfterMillis } from './retry-after';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('retryAfterMillis', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    [new Date(NOW + 5000).toUTCString(), 5000],
    [new Date(NOW - 5000).toUTCString(), 0],
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-3', undefined],
    ['1.5', undefined],
  ])('reads %p', (value, expected) => expect(retryAfterMillis(value, NOW)).toBe(expected));
});
