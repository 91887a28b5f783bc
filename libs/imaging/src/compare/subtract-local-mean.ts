/** Surroundings of a pixel, pixels to each side. */
const REACH = 3;

/** Each value less the mean of the square of up to 7 x 7 around it, [height, width]: what stands out, not the layout. */
export function lessSurroundings(values: Float32Array, width: number, height: number): Float32Array {
  return values.map((value, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    let sum = 0;
    let count = 0;
    for (let row = Math.max(0, y - REACH); row <= Math.min(height - 1, y + REACH); row += 1) {
      for (let column = Math.max(0, x - REACH); column <= Math.min(width - 1, x + REACH); column += 1) {
        sum += values[row * width + column] as number;
        count += 1;
      }
    }
    return value - sum / count;
  });
}
