import { relativeDifference, requireSameOutputs } from './compare-answers';

const row = (...values: number[]): Float32Array => Float32Array.from(values);

describe('relativeDifference', () => {
  it.each([
    [[1, -4], [1, -4], 0],
    [[1, -3], [1, -4], 0.25],
    [[0, 0], [0, 0], 0],
    [[1, 0], [0, 0], Infinity],
    [[1], [1, 2], Infinity],
    [[NaN, 1], [2, 1], NaN],
    [[Infinity], [Infinity], NaN],
  ])('of %p and %p is %p', (found, wanted, difference) =>
    expect(relativeDifference(row(...found), row(...wanted))).toBe(difference),
  );
});

describe('requireSameAnswers', () => {
  const wanted = { logits: row(10, 1), features: row(1) };

  it('gives the difference of the logits, below a ten thousandth', () => {
    expect(requireSameOutputs({ logits: row(10.0005, 1), features: row(1) }, wanted, 'x')).toBeCloseTo(5e-5, 6);
  });

  it.each([
    ['logits', { logits: row(10.002, 1), features: row(1) }],
    ['features', { logits: row(10, 1), features: row(1.001) }],
    ['numbers', { logits: row(NaN, 1), features: row(1) }],
  ])('refuses other %s', (_what, found) =>
    expect(() => requireSameOutputs(found, wanted, 'x')).toThrow(/does not answer as the network does/),
  );
});
