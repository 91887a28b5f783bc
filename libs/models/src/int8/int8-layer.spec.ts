import fc from 'fast-check';
import { quantiseLayer } from './int8-layer';
import { int8Scale, roundSigned, toInt8 } from './int8-range';

const finite = { noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 } as const;

describe('int8Scale', () => {
  it.each([
    [{ min: 0, max: 6 }, Math.fround(6 / 255), -128],
    [{ min: -1, max: 1.5 }, Math.fround(2.5 / 255), -26],
    // Zero is always among the numbers that are met exactly.
    [{ min: 2, max: 5.1 }, Math.fround(5.1 / 255), -128],
    [{ min: -5.1, max: -2 }, Math.fround(5.1 / 255), 127],
    [{ min: 0, max: 0 }, 2 ** -60, -128],
  ])('of %j', (range, scale, zeroPoint) => expect(int8Scale(range)).toEqual({ scale, zeroPoint }));

  it('brings every number of its range back within half a step', () => {
    fc.assert(
      fc.property(fc.float(finite), fc.float(finite), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, at) => {
        const [min, max] = [Math.min(0, a, b), Math.max(0, a, b)];
        const found = int8Scale({ min, max });
        const value = min + at * (max - min);
        const whole = toInt8(value, found);
        // The zero point is rounded too: at either end, another half.
        const steps = whole === -128 || whole === 127 ? 1.001 : 0.501;
        expect(Math.abs((whole - found.zeroPoint) * found.scale - value)).toBeLessThanOrEqual(steps * found.scale);
        expect((toInt8(0, found) - found.zeroPoint) * found.scale).toBe(0);
      }),
    );
  });
});

describe('roundSigned', () => {
  it('takes halves to even, of either sign', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -2.51].map(roundSigned)).toEqual([0, 2, 2, -0, -2, -2, 0, -3]);
  });
});

describe('quantiseLayer', () => {
  it('gives the numbers that were computed by hand', () => {
    const layer = quantiseLayer(
      { weights: Float32Array.of(1.27, -0.5, 0, 2.54, 0.02, -2.54), bias: Float32Array.of(0.3, -1), channels: 2 },
      0.5,
    );
    expect([...layer.weights]).toEqual([127, -50, 0, 127, 1, -127]);
    [0.01, 0.02].forEach((scale, row) => expect(layer.weightScales[row]).toBeCloseTo(scale, 9));
    // 0.3 / (0.5 * 0.01) and -1 / (0.5 * 0.02)
    expect([...(layer.bias as Int32Array)]).toEqual([60, -100]);
  });

  it('rounds so that what the errors add up to is small', () => {
    // In steps of 1: 0.4 three times is 1.2, to the nearest 0; with one of them up it is 1.
    const weights = Float32Array.of(127, 0.4, 0.4, 0.4);
    const row = (meanOf?: () => number) => [...quantiseLayer({ weights, bias: null, channels: 1 }, 1, meanOf).weights];
    expect(row()).toEqual([127, 1, 0, 0]);
    // Nothing is gained where it is multiplied by zeros.
    expect(row(() => 0)).toEqual([127, 0, 0, 0]);
  });

  it('keeps every weight within a step, and the mean of a row as near as one weight can', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float(finite), { minLength: 1, maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 6, noNaN: true }), { minLength: 30, maxLength: 30 }),
        (values, means) => {
          const weights = Float32Array.from(values);
          const { weights: whole, weightScales } = quantiseLayer(
            { weights, bias: null, channels: 1 },
            1,
            (_row, index) => means[index] as number,
          );
          const scale = weightScales[0] as number;
          const error = (rounded: ArrayLike<number>) =>
            Math.abs(values.reduce((sum, value, at) => sum + ((rounded[at] as number) - value / scale) * (means[at] as number), 0)); // prettier-ignore
          values.forEach((value, at) =>
            expect(Math.abs((whole[at] as number) - value / scale)).toBeLessThanOrEqual(0.75),
          );
          expect(error(whole)).toBeLessThanOrEqual(error(values.map((value) => roundSigned(value / scale))) + 1e-9);
        },
      ),
    );
  });

  it('takes coarser steps where a bias would not fit into 32 bits, and weights of zero as they are', () => {
    const { weights, bias, biasScales, weightScales } = quantiseLayer(
      { weights: Float32Array.of(1e-9, 0), bias: Float32Array.of(1000, 0), channels: 2 },
      0.01,
    );
    expect((bias?.[0] as number) * (biasScales[0] as number)).toBeCloseTo(1000, 2);
    expect([weights[1], bias?.[1]]).toEqual([0, 0]);
    expect(weightScales[1]).toBeGreaterThan(0);
  });
});
