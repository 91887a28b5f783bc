import type { ImageSet, InputSpec } from '@winnow/contracts';

/** Images of one colour have no deviation, and nothing can be divided by none. */
const MIN_STD = 0.001;

/** Mean and standard deviation of each channel over all pixels, three digits: the normalisation that comes with the weights. */
export function measureInput({ pixels, size }: Pick<ImageSet, 'pixels' | 'size'>): InputSpec {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  pixels.forEach((value, index) => {
    const channel = index % 3;
    sums[channel] = (sums[channel] as number) + value / 255;
    squares[channel] = (squares[channel] as number) + (value / 255) ** 2;
  });
  const count = pixels.length / 3;
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  const mean = sums.map((sum) => rounded(sum / count)) as [number, number, number];
  const std = squares.map((square, channel) => {
    // Rounding can take the variance of a constant channel below zero.
    const variance = Math.max(0, square / count - ((sums[channel] as number) / count) ** 2);
    return Math.max(MIN_STD, rounded(Math.sqrt(variance)));
  }) as [number, number, number];
  return { size, range: [0, 1], mean, std };
}
