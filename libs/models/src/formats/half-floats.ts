import { WinnowError } from '@winnow/contracts';

/** IEEE 754 binary16 bits to a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = Uint32Array.from(bits, (half) => half << 16);
  return new Float32Array(words.buffer);
}

let numbers: Float32Array | undefined;

/** Many binary16 bits as numbers, by a table of all 65,536. */
export function halvesToFloat32(halves: Uint16Array): Float32Array {
  const table = (numbers ??= Float32Array.from({ length: 0x1_0000 }, (_, bits) => halfToNumber(bits)));
  return Float32Array.from(halves, (bits) => table[bits] as number);
}

/** Rounds to the nearest binary16, ties to even; from 65,520 on that is infinity. */
export function float32ToHalves(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, toHalf);
}

/** @param word bits of a float32 */
function toHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const fraction = word & 0x7f_ffff;
  const exponent = ((word >>> 23) & 0xff) - 112;
  if (exponent === 143) return sign | (fraction === 0 ? 0x7c00 : 0x7e00);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // What is too small for a normal number loses digits instead.
  const [whole, shift] = exponent > 0 ? [(exponent << 23) | fraction, 13] : [0x80_0000 | fraction, 14 - exponent];
  const half = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}

/** What float16 holds at most, and half a step more, from which on it rounds to infinity. */
const BEYOND_FLOAT16 = 65_520;

/**
 * Weights as the bits of float16.
 * @throws WinnowError FORMAT_INVALID where one is beyond its range
 */
export function halfWeight(values: Float32Array, name: string): Uint16Array {
  const beyond = values.find((value) => Math.abs(value) >= BEYOND_FLOAT16);
  if (beyond === undefined) return float32ToHalves(values);
  throw new WinnowError(
    'FORMAT_INVALID',
    `A weight of ${beyond.toPrecision(3)} is beyond float16, which ends at 65504`,
    {
      where: name,
      next: 'Leave float16 out (--precision float32), or train again with a lower learning rate.',
    },
  );
}
