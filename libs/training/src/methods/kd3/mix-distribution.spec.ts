import { SeededRandom } from '@winnow/random';
import { onEngines, tensorLeak, tf } from '@winnow/tensor';
import { drawDistributionMix, mixDistribution } from './mix-distribution';

const random = new SeededRandom('mix');
const pixels = Array.from({ length: 2 * 3 * 3 * 2 }, () => random.normal());
const images = () => tf.tensor4d(pixels, [2, 3, 3, 2]);
const swapped = Int32Array.of(1, 0);

/** Mean and deviation of an image's channel. */
function statistics(values: ArrayLike<number>, image: number, channel: number): readonly [number, number] {
  const own = Array.from({ length: 9 }, (_, index) => values[image * 18 + index * 2 + channel] as number);
  const mean = own.reduce((sum, value) => sum + value, 0) / 9;
  return [mean, Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9)];
}

onEngines(() => {
  it('gives each channel the statistics that its share says', () => {
    const fractions = Float32Array.of(0.25, 1);
    const mixed = tf.tidy(() => mixDistribution(images(), { partners: swapped, fractions }).dataSync());
    for (const channel of [0, 1]) {
      const [own, other] = [statistics(pixels, 0, channel), statistics(pixels, 1, channel)];
      const found = statistics(mixed, 0, channel);
      expect(found[0]).toBeCloseTo(0.25 * own[0] + 0.75 * other[0], 4);
      expect(found[1]).toBeCloseTo(0.25 * own[1] + 0.75 * other[1], 4);
    }
    // A share of one changes nothing.
    pixels.slice(18).forEach((value, at) => expect(mixed[18 + at]).toBeCloseTo(value, 4));
  });

  it('goes with any normalisation of channels', () => {
    const mix = { partners: swapped, fractions: Float32Array.of(0.5, 0.1) };
    const [first, second] = tf.tidy(() => {
      const normalise = (x: tf.Tensor4D) =>
        tf.add(tf.mul(x, tf.tensor1d([3, 0.5])), tf.tensor1d([-1, 2])) as tf.Tensor4D;
      return [
        mixDistribution(normalise(images()), mix).dataSync(),
        normalise(mixDistribution(images(), mix)).dataSync(),
      ] as const;
    }) as unknown as readonly [Float32Array, Float32Array];
    first.forEach((value, at) => expect(value).toBeCloseTo(second[at] as number, 4));
  });

  it('keeps an image of one colour finite, and leaves no tensor behind', () => {
    const mix = { partners: swapped, fractions: Float32Array.of(0, 0) };
    const flat = () => tf.tidy(() => mixDistribution(tf.ones([2, 3, 3, 2]), mix).dataSync());
    expect(flat().every(Number.isFinite)).toBe(true);
    expect(tensorLeak(flat)).toBe(0);
  });
}, ['wasm']);

describe('drawDistributionMix', () => {
  it('draws a permutation and fractions, mostly near 0 or 1, the same for the same seed', () => {
    const { partners, fractions } = drawDistributionMix(200, new SeededRandom(1));
    expect([...partners].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, row) => row));
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    expect(fractions.filter((fraction) => fraction < 0.1 || fraction > 0.9).length).toBeGreaterThan(140);
    expect(drawDistributionMix(200, new SeededRandom(1))).toEqual({ partners, fractions: fractions });
  });
});
