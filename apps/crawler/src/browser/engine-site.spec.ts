import { engineSite, isOnSite } from './engine-site';

describe('isOnSite', () => {
  it('takes the site and its subdomains, nothing that only looks like them', () => {
    const site = engineSite(new URL('https://www.google.com/search'));
    const on = (url: string) => isOnSite(new URL(url), site);
    expect(['https://google.com/', 'http://consent.google.com:81/x', 'https://a.b.google.com/'].map(on)).toEqual(
      Array(3).fill(true),
    );
    const others = ['https://google.com.evil.test/', 'https://notgoogle.com/', 'ftp://google.com/', 'https://[::1]/'];
    expect(others.map(on)).toEqual(Array(4).fill(false));
    expect(on('https://evil.test/?google.com')).toBe(false);
  });
});
