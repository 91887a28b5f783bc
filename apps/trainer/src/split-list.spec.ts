import type { ImageList } from '@winnow/contracts';
import { splitListLines } from './split-list';

const images: ImageList = {
  ...{ count: 4, size: 8, keys: ['a', 'b', 'c', 'd'] },
  ...{ labels: Int32Array.from([0, 1, 0, 1]), classes: ['a, "b"', 'open'] },
};
const addresses = ['http://x.test/é', 'javascript:alert(1)', 'import:box/1.png', undefined];
const provenance = addresses.map((imageUrl) => (imageUrl === undefined ? [] : [{ imageUrl }]));
const split = {
  kinds: Uint8Array.from([0, 1, 2, 0]),
  probabilities: Float32Array.from([0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0, 0, 1, 0.75, 0.25, 0]),
  refinedLabels: Int32Array.from([0, 0, 1, 1]),
  score: new Float32Array(4),
};

describe('splitListLines', () => {
  it('sorts by the surest kind, then by key, with decided pictures last', () => {
    const applied = [
      { row: 0, truth: 1 },
      { row: 1, truth: 'open' },
    ] as const;
    expect([...splitListLines({ images, provenance } as never, split, { applied })]).toEqual([
      'picture,class,given,kind,clean,closed,open,refined,url\n',
      'd,?,open,clean,0.7500,0.2500,0.0000,open,\n',
      'c,?,"a, ""b""",open,0.0000,0.0000,1.0000,open,import:box/1.png\n',
      'a,open,"a, ""b""",clean,0.5000,0.2500,0.2500,"a, ""b""",http://x.test/%C3%A9\n',
      // A class is named open here: only an empty cell says that there is none.
      'b,,open,closed,0.2500,0.5000,0.2500,"a, ""b""",\n',
    ]);
  });
});
