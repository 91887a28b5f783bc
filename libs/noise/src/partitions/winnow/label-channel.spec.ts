import { LabelChannel } from './label-channel';
import { sum } from '../../row-math';

const NO_PRIOR = { rateImages: 0, targetImages: 0, openImages: 0, resemblanceImages: 0 };

describe('LabelChannel', () => {
  it('learns rates and targets from counts', () => {
    const channel = new LabelChannel(Int32Array.of(0, 1, 2), 3, { rate: 0.1, prior: NO_PRIOR });
    expect(channel.chance(0, 0)).toBeCloseTo(0.9);
    expect(channel.chance(0, 1)).toBeCloseTo(0.05);
    const tally = channel.tally();
    tally.members.set([10, 4, 4]);
    tally.wrong.set([5, 0, 1]);
    tally.open.set([1, 0, 3]);
    // Given 1 and 2 for class 0: four and one; given 1 for class 2: one.
    tally.moves?.set([0, 0, 0, 4, 0, 1, 1, 0, 0]);
    channel.learn(tally);
    expect(channel.chance(0, 0)).toBeCloseTo(0.5);
    expect(channel.chance(0, 1)).toBeCloseTo(0.4);
    expect(channel.chance(0, 2)).toBeCloseTo(0.1);
    expect(channel.chance(2, 1)).toBeCloseTo(0.25);
    expect([...channel.openLabels]).toEqual([0.25, 0, 0.75]);
  });

  it('learns targets drawn to popularity, and the chances of a true class sum to one', () => {
    // Popularity by hand: (images + 1) / (4 + 3) = 3/7, 2/7, 2/7.
    const prior = { ...NO_PRIOR, rateImages: 10, targetImages: 200, openImages: 7 };
    const channel = new LabelChannel(Int32Array.of(0, 0, 1, 2), 3, { rate: 0.1, prior });
    const tally = channel.tally();
    tally.members.set([30, 10, 0]);
    tally.wrong.set([12, 0, 0]);
    tally.moves?.set([0, 0, 0, 9, 0, 0, 3, 0, 0]);
    channel.learn(tally);
    // Of class 0, 15 of 40 are wrong; half of the rest of popularity each: (9 + 100) and (3 + 100) of 212.
    expect(channel.chance(0, 1)).toBeCloseTo((15 / 40) * (109 / 212), 12);
    expect(channel.chance(0, 2)).toBeCloseTo((15 / 40) * (103 / 212), 12);
    // Of class 1 nothing was seen to be wrong: 3/20 by rate, 3 : 2 by popularity.
    expect(channel.chance(1, 0)).toBeCloseTo((3 / 20) * (3 / 5), 12);
    expect(channel.chance(1, 2)).toBeCloseTo((3 / 20) * (2 / 5), 12);
    for (const truth of [0, 1, 2]) {
      expect([0, 1, 2].reduce((total, given) => total + channel.chance(truth, given), 0)).toBeCloseTo(1, 12);
    }
  });

  it('learns what open images are called that look like a class, drawn to what all of them are called', () => {
    const prior = { ...NO_PRIOR, resemblanceImages: 20 };
    const channel = new LabelChannel(Int32Array.of(0, 1, 2), 3, { rate: 0.1, prior });
    expect(channel.openChance(1, 2)).toBeCloseTo(1 / 3, 12);
    const tally = channel.tally();
    tally.members.set([1, 1, 1]);
    tally.open.set([8, 8, 4]);
    // Ten that look like class 0: eight called 0, two called 1; ten that look like class 1: six called 1, four called 2.
    tally.resemblances?.set([8, 0, 0, 2, 6, 0, 0, 4, 0]);
    channel.learn(tally);
    expect(channel.openChance(0, 0)).toBeCloseTo((8 + 20 * 0.4) / 30, 12);
    expect(channel.openChance(0, 1)).toBeCloseTo((2 + 20 * 0.4) / 30, 12);
    expect(channel.openChance(1, 2)).toBeCloseTo((4 + 20 * 0.2) / 30, 12);
    // None looks like class 2.
    expect(channel.openChance(2, 0)).toBeCloseTo(0.4, 12);
    for (const resembled of [0, 1, 2]) {
      expect([0, 1, 2].reduce((total, given) => total + channel.openChance(resembled, given), 0)).toBeCloseTo(1, 12);
    }
  });

  it('goes by popularity where classes are too many for a matrix', () => {
    const channel = new LabelChannel(Int32Array.of(0, 1), 3000, { rate: 0.5, prior: NO_PRIOR });
    expect(channel.tally().moves).toBeNull();
    let row = 0;
    for (let given = 0; given < 3000; given += 1) row += channel.chance(7, given);
    expect(row).toBeCloseTo(1, 9);
  });

  it('learns rates, but no targets, where classes are too many for a matrix', () => {
    const classCount = 2049;
    // Popularity by hand: (images + 1) / (4 + 2049).
    const channel = new LabelChannel(Int32Array.of(0, 0, 1, 5), classCount, {
      rate: 0.5,
      prior: { rateImages: 10, targetImages: 200, openImages: 6, resemblanceImages: 200 },
    });
    const tally = channel.tally();
    expect(tally.moves).toBeNull();
    tally.members.set([30, 10]);
    tally.wrong.set([12, 0]);
    tally.open.set([0, 1, 3]);
    channel.learn(tally);
    // 12 of 40 are wrong: ten images at 0.3 beside those of each class.
    expect(channel.rates[0]).toBeCloseTo((12 + 3) / 40, 12);
    expect(channel.rates[1]).toBeCloseTo(3 / 20, 12);
    expect(channel.rates[2048]).toBeCloseTo(0.3, 12);
    expect(channel.chance(0, 0)).toBeCloseTo(1 - 15 / 40, 12);
    // Wrong labels still go by popularity.
    expect(channel.chance(1, 0)).toBeCloseTo((3 / 20) * (3 / 2053 / (1 - 2 / 2053)), 12);
    expect(channel.chance(1, 2)).toBeCloseTo(channel.chance(1, 0) / 3, 12);
    for (const truth of [0, 1, 5, 2048]) {
      let outputs = 0;
      for (let given = 0; given < classCount; given += 1) outputs += channel.chance(truth, given);
      expect(outputs).toBeCloseTo(1, 9);
    }
    expect(channel.openLabels[2]).toBeCloseTo((3 + 6 / 2053) / 10, 12);
    expect(channel.openChance(7, 2)).toBe(channel.openLabels[2]);
    expect(sum(channel.openLabels)).toBeCloseTo(1, 9);
  });
});
