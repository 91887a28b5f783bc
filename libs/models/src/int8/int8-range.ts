/** Values from `min` to `max`, both ends included. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** A number is (q - zeroPoint) * scale, q from -128 to 127; the scale is a float32. */
export interface Int8Scale {
  readonly scale: number;
  readonly zeroPoint: number;
}

// Looked up once: in a test's realm globals are slow, and there are millions of weights.
const { abs, round, sign } = Math;
const LEVELS = 255;
const MIN_INT8 = -128;
export const MAX_INT8 = 127;
/** Normal in float32, also where it is multiplied by the scale of a weight. */
export const MIN_SCALE = 2 ** -60;

/** Scale and zero point of activations within a range. Zero, which pads and is what ReLU gives, is met exactly. */
export function int8Scale({ min, max }: ValueRange): Int8Scale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = Math.max(MIN_SCALE, Math.fround((high - low) / LEVELS));
  return { scale, zeroPoint: clampInt8(Math.round(MIN_INT8 - low / scale)) };
}

/** The number that an activation becomes; halves to even, as QuantizeLinear rounds. */
export function toInt8(value: number, { scale, zeroPoint }: Int8Scale): number {
  return clampInt8(roundSigned(value / scale) + zeroPoint);
}

/** To the nearest whole number, halves to even. */
export function roundSigned(value: number): number {
  const size = abs(value);
  const nearest = round(size);
  return sign(value) * (nearest - size === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest);
}

function clampInt8(value: number): number {
  return Math.max(MIN_INT8, Math.min(MAX_INT8, value));
}
