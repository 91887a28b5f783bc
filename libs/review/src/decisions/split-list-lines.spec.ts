import { splitListLines } from './split-list-lines';

const images = { labels: Int32Array.from([0, 1, 0, 1]), classes: ['a, "b"', 'open'] };
const sha256 = ['a1', 'b2', 'c3', 'd4'];
const addresses = ['http://x.test/é', 'javascript:alert(1)', 'import:box/1.png', undefined];
const provenance = addresses.map((imageUrl) => (imageUrl === undefined ? [] : [{ imageUrl }]));
const split = {
  kinds: Uint8Array.from([0, 1, 2, 0]),
  probabilities: Float32Array.from([0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0, 0, 1, 0.75, 0.25, 0]),
  refinedLabels: Int32Array.from([0, 0, 1, 1]),
};

describe('splitListLines', () => {
  it('names images by sha256, sorted by the surest kind, with decided ones and lines of other images last', () => {
    const applied = [
      { row: 0, truth: 1 },
      { row: 1, truth: 'open' },
    ] as const;
    const unapplied = [{ cells: ['http://gone.test/', "'=x", 'a, "b"'] }];
    expect([...splitListLines({ images, provenance, sha256 } as never, split, { applied, unapplied })]).toEqual([
      'picture,class,given,kind,clean,closed,open,refined,url\n',
      'd4,?,open,clean,0.7500,0.2500,0.0000,open,\n',
      'c3,?,"a, ""b""",open,0.0000,0.0000,1.0000,open,import:box/1.png\n',
      'a1,open,"a, ""b""",clean,0.5000,0.2500,0.2500,"a, ""b""",http://x.test/%C3%A9\n',
      // A class is named open here: only an empty cell says that there is none.
      'b2,,open,closed,0.2500,0.5000,0.2500,"a, ""b""",\n',
      'http://gone.test/,\'=x,"a, ""b"""\n',
    ]);
  });

  it('writes no class as a formula', () => {
    const odd = { images: { ...images, classes: ['=1+1', '@b'] }, provenance, sha256 } as never;
    const lines = [...splitListLines(odd, split, { applied: [{ row: 0, truth: 0 }], unapplied: [] })];
    expect(lines.join('')).not.toMatch(/(?:^|,)[=+\-@]/m);
    expect(lines.at(-1)).toBe("a1,'=1+1,'=1+1,clean,0.5000,0.2500,0.2500,'=1+1,http://x.test/%C3%A9\n");
  });
});
