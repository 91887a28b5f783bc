import type { LookList } from './look-list';
import { countToAsk, withLooks } from './look-list';

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `image ${at}`);
const OF_ORDER = { plan: undefined, agreement: null };
const passedBy = (images: readonly string[]): LookList => ({ images, at: images.length, left: 1, ...OF_ORDER });

describe('looks that are handed out', () => {
  const isStored = (): boolean => false;
  /** As a server answers that has so many undecided images, however many of them were skipped. */
  const asked = (before: LookList, all: readonly string[]): LookList => {
    const count = countToAsk(before, isStored);
    const answer = { images: all.slice(0, count), left: all.length, ...OF_ORDER };
    return withLooks(before, answer, { count, isMeasure: false, wasStored: true, isStored });
  };

  it.each([0, 19, 100, 150, 4000])('go on behind %d that were skipped, to the very last one', (skipped) => {
    const all = names(skipped + 30);
    let list = passedBy(all.slice(0, skipped));
    list = asked(list, all);
    expect(list.images).toHaveLength(skipped + 20);
    expect(list.left).toBeGreaterThan(20);
    list = asked({ ...list, at: list.images.length }, all);
    expect(list.images).toEqual(all);
    expect(asked({ ...list, at: all.length }, all).left).toBe(0);
  });

  it('are at no end where as many came as were asked for, or something was not stored yet', () => {
    const before = passedBy(names(3));
    const none = { images: names(3), left: 9, ...OF_ORDER };
    const options = { count: 3, isMeasure: false, wasStored: true, isStored };
    expect(withLooks(before, none, options).left).toBe(9);
    expect(withLooks(before, none, { ...options, count: 23, wasStored: false }).left).toBe(9);
    expect(withLooks(before, none, { ...options, count: 23 }).left).toBe(0);
  });
});
