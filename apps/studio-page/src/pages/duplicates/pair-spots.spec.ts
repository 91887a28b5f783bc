import type { StudioCluster, StudioPair } from '@winnow/contracts';
import { refusalOf } from './pair-spots';
import type { PairSpot } from './pair-spots';

const pair: StudioPair = {
  copy: { sha256: 'copy', classes: [], licenses: [] },
  ...{ outcome: 'duplicate_pixels', distanceBits: null, similarity: null, isFlipped: false, isSame: true },
  verdict: { says: 'keep', person: 'Anna', keptSha256: 'copy' },
};
const kept = { sha256: 'kept', classes: [], licenses: [] };
const cluster: StudioCluster = { kept, title: 'cat', size: 2, votes: [], truth: null, isLeftOut: false, pairs: [pair] };
const spot = (changes: Partial<PairSpot> = {}): PairSpot => ({ key: 'k', cluster, pair, isLeak: false, ...changes });

describe('refusalOf', () => {
  it('lets a word on images with the same pixels be taken back: which of them is kept can be said', () => {
    expect([refusalOf(spot(), 'keep'), refusalOf(spot(), 'cleared')]).toEqual([null, null]);
    for (const says of ['same', 'not-a-copy'] as const)
      expect(refusalOf(spot(), says)).toMatch(/^Their bytes or pixels are the same/);
  });

  it('keeps no test image, and says nothing where there is no pair', () => {
    const leak = spot({ pair: { ...pair, outcome: 'leak', isSame: false }, isLeak: true });
    expect([refusalOf(leak, 'keep'), refusalOf(leak, 'not-a-copy')]).toEqual([
      'A test image is never taken into the data set.',
      null,
    ]);
    expect(refusalOf(spot({ pair: null }), 'cleared')).toBe('There is no pair to decide of.');
  });
});
