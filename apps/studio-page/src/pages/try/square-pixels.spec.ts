import { decodeReduced, encodePng, USER_IMAGE_LIMITS } from '@winnow/imaging';
import { squarePixels } from './square-pixels';

/** Waves of several lengths, edges and flat parts. */
function drawn(width: number, height: number) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width), at % 3];
    if (x > width * 0.6 && y > height * 0.6) return channel === 0 ? 240 : 20;
    return 128 + 60 * Math.sin((x * (channel + 1)) / 9) + 60 * Math.cos((y * (3 - channel)) / 7);
  });
  return { width, height, channels: 3, data };
}

it.each([
  [300, 200, 'squash'],
  [300, 200, 'cover'],
  [200, 300, 'cover'],
  [300, 200, 'letterbox'],
  [101, 333, 'letterbox'],
  [64, 64, 'cover'],
  [40, 32, 'cover'],
  [20, 14, 'squash'],
  [32, 32, 'squash'],
] as const)('makes of %i x %i pixels the square of winnow predict: %s', async (width, height, policy) => {
  const image = drawn(width, height);
  const made = squarePixels(image, 32, policy);
  const reduction = { kind: 'resize', size: 32, policy } as const;
  const known = await decodeReduced(await encodePng(image), USER_IMAGE_LIMITS, reduction);
  if (!known.ok) throw new Error(known.detail);
  const differences = made.map((value, at) => Math.abs(value - (known.image.data[at] as number)));
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / made.length;
  expect([width, height, policy, Math.max(...differences) <= 3, mean < 1]).toEqual([width, height, policy, true, true]);
});
