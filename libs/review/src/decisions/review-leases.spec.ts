import { ReviewLeases } from './review-leases';

describe('ReviewLeases', () => {
  it('keeps images for whoever was given them, for ninety seconds or until they are given back', () => {
    const leases = new ReviewLeases();
    leases.take(['a', 'b'], 'anna', 0);
    leases.take(['c'], 'ben', 30_000);
    expect([leases.takenFrom('anna', 30_000), leases.takenFrom('ben', 30_000)]).toEqual([['c'], ['a', 'b']]);
    leases.take(['b'], 'anna', 60_000);
    expect(leases.takenFrom('ben', 89_999)).toEqual(['a', 'b']);
    expect(leases.takenFrom('ben', 90_000)).toEqual(['b']);
    leases.release('ben');
    expect([leases.takenFrom('anna', 90_000), leases.takenFrom('ben', 90_000)]).toEqual([[], ['b']]);
  });

  it('keeps what somebody who decides still has to look at', () => {
    const leases = new ReviewLeases();
    leases.take(['a', 'b'], 'anna', 0);
    leases.take(['c'], 'ben', 0);
    leases.renew('anna', 60_000, (image) => image !== 'a');
    expect(['a', 'b', 'c'].map((image) => leases.holderOf(image, 90_000))).toEqual([null, 'anna', null]);
    // What was gone is not taken again.
    leases.renew('ben', 90_000, () => true);
    expect(leases.takenFrom('anna', 90_000)).toEqual([]);
  });
});
