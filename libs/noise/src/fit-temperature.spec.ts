import { SeededRandom } from '@winnow/random';
import { fitTemperature } from './fit-temperature';

const CLASSES = 5;

/** Logits at random, and labels drawn from their softmax at a temperature. */
function drawn(count: number, temperature: number) {
  const random = new SeededRandom('temperature');
  const logits = Float32Array.from({ length: count * CLASSES }, () => 6 * random.next() - 3);
  const labels = Int32Array.from({ length: count }, (_, row) => {
    const weights = [...logits.subarray(row * CLASSES, (row + 1) * CLASSES)].map((z) => Math.exp(z / temperature));
    let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    return Math.max(0, weights.findIndex((weight) => (left -= weight) < 0)); // prettier-ignore
  });
  return { logits, labels };
}

describe('fitTemperature', () => {
  it.each([0.4, 1, 2.5])('finds the temperature %p that labels were drawn at', (temperature) => {
    const { logits, labels } = drawn(4000, temperature);
    const fitted = fitTemperature(logits, labels, CLASSES);
    expect(fitted / temperature).toBeGreaterThan(0.93);
    expect(fitted / temperature).toBeLessThan(1.07);
  });

  it('follows the scale of the logits', () => {
    const { logits, labels } = drawn(4000, 1);
    const wide = logits.map((value) => 10 * value);
    expect(fitTemperature(wide, labels, CLASSES)).toBeCloseTo(10 * fitTemperature(logits, labels, CLASSES), 1);
  });

  it('stays finite where every image is recognised, and where none is', () => {
    const logits = Float32Array.from({ length: 30 * 3 }, (_, at) => (at % 3 === Math.floor(at / 3) % 3 ? 1 : 0));
    const right = Int32Array.from({ length: 30 }, (_, row) => row % 3);
    const sure = fitTemperature(logits, right, 3);
    const wrong = fitTemperature(logits, right.map((label) => (label + 1) % 3), 3); // prettier-ignore
    expect(sure).toBeGreaterThan(0.01);
    expect(sure).toBeLessThan(0.5);
    expect(wrong).toBeGreaterThan(5);
    expect(Number.isFinite(wrong)).toBe(true);
  });

  it('refuses an empty set and logits that are none', () => {
    expect(() => fitTemperature(new Float32Array(0), new Int32Array(0), 2)).toThrow(
      expect.objectContaining({ code: 'MISSING_INPUT' }),
    );
    expect(() => fitTemperature(Float32Array.of(1, NaN), Int32Array.of(0), 2)).toThrow(
      expect.objectContaining({ code: 'DATA_CORRUPT' }),
    );
  });
});
