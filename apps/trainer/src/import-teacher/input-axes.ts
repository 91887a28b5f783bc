import type { TensorLayout } from '@winnow/contracts';

/**
 * Axes and side of a model's input, as far as its declared shape leaves no doubt: three channels and a square.
 * @param shape batch first, null where a size is open
 */
export function inputAxes(shape: readonly (number | null)[]): {
  readonly layout: TensorLayout | null;
  /** Pixels. */
  readonly size: number | null;
} {
  if (shape.length !== 4) return { layout: null, size: null };
  const [, a, b, c] = shape as [number | null, number | null, number | null, number | null];
  const [first, last] = [a === 3 && b === c, c === 3 && a === b];
  if (first === last) return { layout: null, size: null };
  return first ? { layout: 'nchw', size: b } : { layout: 'nhwc', size: b };
}
