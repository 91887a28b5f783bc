/** Surroundings of a pixel, pixels to each side. */
const REACH = 3;

/** Each value less the mean of the square of up to 7 x 7 around it, [height, width]: what stands out, not the layout. */
export function lessSurroundings(values: Float32Array, width: number, height: number): Float32Array {
  const across = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += width) {
    for (let x = 0; x < width; x += 1) {
      const end = Math.min(width - 1, x + REACH);
      let sum = 0;
      for (let column = Math.max(0, x - REACH); column <= end; column += 1) sum += values[row + column] as number;
      across[row + x] = sum;
    }
  }
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y += 1) {
    const [first, last] = [Math.max(0, y - REACH), Math.min(height - 1, y + REACH)];
    for (let x = 0; x < width; x += 1) {
      const count = (last - first + 1) * (Math.min(width - 1, x + REACH) - Math.max(0, x - REACH) + 1);
      let sum = 0;
      for (let row = first; row <= last; row += 1) sum += across[row * width + x] as number;
      const at = y * width + x;
      result[at] = (values[at] as number) - sum / count;
    }
  }
  return result;
}
