import { tinyWorld } from './tiny-world';

const options = { seed: 1, classes: 4, perClass: 30, size: 16 };

describe('tinyWorld', () => {
  it('has the asked shares of noise, and kinds that agree with the labels', () => {
    const { train, kinds, trueLabels } = tinyWorld(options);
    expect(train).toMatchObject({ count: 120, size: 16 });
    expect(train.pixels).toHaveLength(120 * 16 * 16 * 3);
    for (let given = 0; given < 4; given += 1) {
      const own = kinds.filter((_, index) => train.labels[index] === given);
      const count = (kind: string): number => own.filter((other) => other === kind).length;
      expect([count('clean'), count('closed'), count('open')]).toEqual([15, 6, 9]);
    }
    kinds.forEach((kind, index) => {
      const [given, truth] = [train.labels[index], trueLabels[index]];
      expect(kind).toBe(truth === -1 ? 'open' : truth === given ? 'clean' : 'closed');
    });
  });

  it('has a clean, balanced test set', () => {
    const { test } = tinyWorld({ ...options, testPerClass: 5 });
    expect([...test.labels].sort()).toEqual([0, 1, 2, 3].flatMap((label) => Array<number>(5).fill(label)));
  });

  it('is the same for the same seed and another for another', () => {
    const bytesOf = (seed: number): Buffer => Buffer.from(tinyWorld({ ...options, seed }).train.pixels);
    expect(bytesOf(1).equals(bytesOf(1))).toBe(true);
    expect(tinyWorld(options).kinds).toEqual(tinyWorld(options).kinds);
    expect(bytesOf(1).equals(bytesOf(2))).toBe(false);
  });

  it('refuses what cannot be drawn', () => {
    expect(() => tinyWorld({ ...options, classes: 7 })).toThrow(RangeError);
    expect(() => tinyWorld({ ...options, size: 4 })).toThrow(RangeError);
  });
});
