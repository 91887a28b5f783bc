import { resolve } from 'node:path';

import { defaultCacheDir } from './default-cache-dir';

describe('defaultCacheDir', () => {
  it.each([
    [{ WINNOW_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/winnow'],
    [{ HOME: '/c' }, '/c/.cache/winnow'],
    [{ WINNOW_CACHE: '', XDG_CACHE_HOME: '', HOME: '/c' }, '/c/.cache/winnow'],
    [{ WINNOW_CACHE: 'here' }, resolve('here')],
  ])('of %j is %s', (env, expected) => {
    expect(defaultCacheDir(env)).toBe(expected);
  });
});
