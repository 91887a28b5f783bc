import type { Provenance } from '@winnow/contracts';
import { crawlEvidence } from './crawl-evidence';

const listing = (engine: string, className: string, page: number, rank: number): Provenance => ({
  ...{ engine, className, page, rank, query: 'q', imageUrl: 'http://x/1', pageUrl: null },
  ...{ title: null, license: null, licenseUrl: null, creator: null },
});

describe('crawlEvidence', () => {
  it('takes the best place over pages and engines, of listings for the label only', () => {
    const samples = [
      // The engine's pages are 20 long, as the second image shows: page 2, rank 3 is place 22; page 1, rank 9 is 8.
      {
        className: 'cat',
        provenance: [listing('a', 'cat', 2, 3), listing('b', 'cat', 1, 9), listing('a', 'dog', 1, 1)],
      },
      { className: 'dog', provenance: [listing('a', 'dog', 1, 20)] },
      { className: 'dog', provenance: [listing('a', 'dog', 3, 1), listing('a', 'dog', 2, 20)] },
    ];
    const { ranks, engineCounts } = crawlEvidence(samples);
    expect([...ranks]).toEqual([8, 19, 39]);
    expect([...engineCounts]).toEqual([2, 1, 1]);
  });

  it('knows nothing of imported images and worlds', () => {
    const { ranks, engineCounts } = crawlEvidence([
      { className: 'cat', provenance: [listing('import', 'cat', 1, 4), listing('world', 'cat', 1, 2)] },
      { className: 'cat', provenance: [] },
      { className: 'cat', provenance: [listing('import', 'cat', 1, 1), listing('a', 'cat', 1, 2)] },
    ]);
    expect([...ranks]).toEqual([NaN, NaN, 1]);
    expect([...engineCounts]).toEqual([1, 1, 1]);
  });
});
