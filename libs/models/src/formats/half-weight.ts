import { WinnowError } from '@winnow/contracts';
import { float32ToHalves } from './half-float';

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
