import { parseUrl } from './parse-url';

describe('parseUrl', () => {
  it('knows URLs from other texts', () => {
    expect(parseUrl('https://example.com/a')?.href).toBe('https://example.com/a');
    expect(parseUrl('/b', 'https://example.com/a')?.href).toBe('https://example.com/b');
    expect(parseUrl('/b')).toBeUndefined();
    expect(parseUrl('')).toBeUndefined();
  });

  it('reads names and paths in Latin letters however often it is called', () => {
    const refused = Array.from({ length: 200_000 }, (_, index) =>
      parseUrl(index % 100 === 0 ? 'https://bücher.example/ü.jpg' : `https://example.com/${index}`),
    ).filter((url) => url === undefined);
    expect(refused).toHaveLength(0);
  });
});
