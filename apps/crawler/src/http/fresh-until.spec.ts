import { freshUntil } from './fresh-until';

const NOW = Date.UTC(2026, 10, 24, 12);
const YEAR_SECONDS = 365 * 24 * 3600;

describe('freshUntil', () => {
  it.each([
    [{ 'cache-control': 'max-age=60' }, 60],
    [{ 'cache-control': 'public, MAX-AGE=60'.toLowerCase(), age: '20' }, 40],
    [{ 'cache-control': 'private, max-age=60' }, 60],
    [{ 'cache-control': 's-maxage=600, max-age=60' }, 60],
    [{ 'cache-control': 'max-age=60, stale-while-revalidate=600, stale-if-error=600' }, 60],
    [{ 'cache-control': 'max-age=60', expires: 'Wed, 25 Nov 2026 12:00:00 GMT' }, 60],
    [{ expires: 'Tue, 24 Nov 2026 13:00:00 GMT' }, 3600],
    [{ expires: 'Tue, 24 Nov 2026 13:00:00 GMT', date: 'Tue, 24 Nov 2026 12:30:00 GMT' }, 1800],
    [{ 'cache-control': 'max-age=99999999999999999999' }, YEAR_SECONDS],
    [{ expires: 'Sat, 13 Sep 275760 00:00:00 GMT' }, YEAR_SECONDS],
  ])('%j: %d seconds', (headers, seconds) => expect(freshUntil({ headers }, NOW)).toBe(NOW + seconds * 1000));

  it.each([
    [{}],
    [{ 'last-modified': 'Tue, 24 Nov 2015 12:00:00 GMT' }],
    [{ 'cache-control': 'no-store, max-age=60' }],
    [{ 'cache-control': 'no-cache, max-age=60' }],
    [{ 'cache-control': 'max-age=60', age: '60' }],
    [{ 'cache-control': 'max-age=60', vary: '*' }],
    [{ 'cache-control': 'max-age=-1' }],
    [{ 'cache-control': 'max-age=soon' }],
    [{ 'cache-control': 'immutable' }],
    [{ pragma: 'no-cache', expires: 'Tue, 24 Nov 2026 13:00:00 GMT' }],
    [{ expires: '0' }],
  ])('%j: does not say', (headers) => expect(freshUntil({ headers }, NOW)).toBeUndefined());
});
