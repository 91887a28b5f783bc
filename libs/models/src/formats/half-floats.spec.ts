import { SeededRandom } from '@winnow/random';
import { float32ToHalves, halfToNumber, halvesToFloat32 } from './half-floats';

describe('float16', () => {
  it('of every bit pattern is a number that has these bits again', () => {
    const all = Uint16Array.from({ length: 0x1_0000 }, (_, bits) => bits);
    const numbers = halvesToFloat32(all);
    expect(numbers[0x3c00]).toBe(1);
    expect(numbers[0x0001]).toBe(2 ** -24);
    expect(numbers[0xfbff]).toBe(-65504);
    const again = float32ToHalves(numbers);
    const wrong = [...all].filter((bits) => again[bits] !== bits && !Number.isNaN(numbers[bits]));
    expect(wrong).toEqual([]);
    expect(halfToNumber(again[0x7c01] as number)).toBeNaN();
  });

  it('takes the nearest, of two as near the even one', () => {
    const cases: [number, number][] = [
      [65519, 0x7bff],
      [65520, 0x7c00],
      [-1e30, 0xfc00],
      [2 ** -25, 0],
      [2 ** -25 * 1.01, 1],
      [3 * 2 ** -25, 2],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [1 - 2 ** -13, 0x3c00],
      [-0, 0x8000],
    ];
    for (const [value, bits] of cases)
      expect([value, float32ToHalves(Float32Array.of(value))[0]]).toEqual([value, bits]);
    const random = new SeededRandom(4);
    const values = Float32Array.from({ length: 5000 }, () => random.normal() * 10 ** (8 * random.next() - 6));
    const halves = float32ToHalves(values);
    values.forEach((value, at) => {
      const bits = halves[at] as number;
      const error = (half: number) => Math.abs(halfToNumber(half) - value);
      expect(error(bits)).toBeLessThanOrEqual(Math.min(...[bits - 1, bits + 1].map(error).filter(Number.isFinite)));
    });
  });
});
