import type { InputSpec } from '@winnow/contracts';
import { mixPixels } from '../methods/modul/modul-observations';
import { normalisePixels } from './normalise-pixels';

const spec: InputSpec = { size: 8, range: [-1, 1], mean: [0, 0.5, -0.5], std: [1, 0.5, 2] };

describe('normalisePixels', () => {
  it('scales to the range, then takes off the mean and divides by the deviation of each channel', () => {
    const values = normalisePixels(Uint8Array.of(0, 0, 0, 255, 255, 255), spec);
    [-1, -3, -0.25, 1, 1, 0.75].forEach((value, at) => expect(values[at]).toBeCloseTo(value, 6));
  });

  it('may follow mixing: both are affine', () => {
    const pixels = Uint8Array.from({ length: 2 * 2 * 2 * 3 }, (_, at) => (at * 37) % 256);
    const mixed = normalisePixels(mixPixels({ count: 2, size: 2, pixels }, [1, 0], 0.3).pixels, spec);
    const plain = normalisePixels(pixels, spec);
    for (let at = 0; at < 12; at += 1) {
      expect(mixed[at]).toBeCloseTo(0.3 * (plain[at] as number) + 0.7 * (plain[at + 12] as number), 5);
      expect(mixed[at + 12]).toBeCloseTo(0.3 * (plain[at + 12] as number) + 0.7 * (plain[at] as number), 5);
    }
  });
});
