import { copiesByImage, DecisionFinder, digestDecisions, describePassedOver } from './decision-finder';

const CLASSES = ['owl', 'wren'];
const row = (picture: string, className: string | null, line: number) => ({ picture, className, line, cells: [] });
const finderOf = (...rows: ReturnType<typeof row>[]) => new DecisionFinder({ file: 'f.csv', rows }, CLASSES);
const image = (sha256: string, { urls = [], copies = [] }: { urls?: string[]; copies?: string[] } = {}) => ({
  ...{ sha256, copies },
  provenance: urls.map((imageUrl) => ({ imageUrl })),
});

describe('DecisionFinder', () => {
  it('finds a decision by digest and by any URL, and tells what named nothing', () => {
    const finder = finderOf(row('a1', 'owl', 2), row('http://x.test/b', null, 3), row('c3', 'wren', 4));
    expect(finder.find(image('a1'))?.className).toBe('owl');
    expect(finder.find(image('b2', { urls: ['http://y.test/', 'http://x.test/b'] }))?.className).toBeNull();
    expect(finder.find(image('d4'))).toBeUndefined();
    expect(finder.unknown).toMatchObject([{ picture: 'c3' }]);
  });

  it('applies a decision on a file to the image that it was folded into', () => {
    const finder = finderOf(row('copy', 'owl', 2));
    expect(finder.find(image('kept', { copies: ['other', 'copy'] }))?.className).toBe('owl');
    expect([finder.unknown, finder.overruled]).toEqual([[], []]);
  });

  it("lets the image's own decision win over that on a copy, and reports it", () => {
    const finder = finderOf(row('copy', 'owl', 2), row('kept', 'wren', 3), row('same', 'wren', 4));
    expect(finder.find(image('kept', { copies: ['copy', 'same'] }))?.className).toBe('wren');
    expect(finder.unknown).toEqual([]);
    expect(describePassedOver(finder)).toEqual([
      'Corrections of copies that say something else than those of the images that stand for them: line 2 (line 3 holds).',
    ]);
  });

  it.each([
    ['digests of copies', ['c1', 'c2'], { copies: ['c2', 'c1'] }],
    ['URLs that may be those of copies', ['u1', 'u2'], { urls: ['u1', 'u2'], copies: ['c1'] }],
  ])('applies none of two decisions that disagree by %s, and reports them', (_, [one, other], names) => {
    const finder = finderOf(row(one as string, 'owl', 2), row(other as string, null, 5));
    expect(finder.find(image('x', names))).toBeUndefined();
    expect(finder.unknown).toEqual([]);
    expect(describePassedOver(finder)).toMatchObject([
      expect.stringMatching(/disagree, so that none holds: line \d, line \d\. Decide on the image itself/),
    ]);
  });

  it('lets a digest win over a URL that may be the one of a copy, and a URL over the digest of a copy', () => {
    const [digest, url, copy] = [row('x', 'owl', 2), row('u', 'wren', 3), row('c', null, 4)];
    const names = { urls: ['u', 'u'], copies: ['c'] };
    const finder = finderOf(digest, url, copy);
    expect(finder.find(image('x', names))).toBe(digest);
    expect(finder.overruled).toEqual([url, copy].map((overruled) => ({ overruled, by: digest })));
    expect(finderOf(url, copy).find(image('x', names))).toBe(url);
  });

  it('refuses two lines that contradict each other by names of one image', () => {
    const finder = finderOf(row('x', 'owl', 2), row('http://x.test/a', null, 5));
    expect(() => finder.find(image('x', { urls: ['http://x.test/a'] }))).toThrow(
      expect.objectContaining({
        code: 'FORMAT_INVALID',
        where: 'f.csv, line 5',
        message: expect.stringContaining('line 2'),
      }),
    );
  });

  it('passes over classes that the project does not have', () => {
    const finder = finderOf(row('a1', 'kite', 2), row('a1', 'owl', 3), row('b2', 'kite', 4));
    expect(finder.find(image('a1'))?.line).toBe(3);
    expect(finder.foreign.map(({ line }) => line)).toEqual([2, 4]);
    expect(finder.unknown).toEqual([]);
  });
});

describe('copiesByImage', () => {
  it('lists folded files by what stands for them', () => {
    const rows = [
      { sha256: 'a', keptSha256: 'k' },
      { sha256: 'b', keptSha256: null },
      { sha256: 'c', keptSha256: 'k' },
    ];
    expect([...copiesByImage(rows)]).toEqual([['k', ['a', 'c']]]);
  });
});

describe('digestDecisions', () => {
  it('does not depend on the order', () => {
    expect(digestDecisions([])).toBeNull();
    const one = digestDecisions([
      ['k1', 0],
      ['k2', 'open'],
    ]);
    expect(one).toBe(
      digestDecisions([
        ['k2', 'open'],
        ['k1', 0],
      ]),
    );
    expect(one).not.toBe(digestDecisions([['k1', 0]]));
  });
});
