const CHANNELS = [0, 1, 2] as const;

/** Maps every value by a function of it, which is asked once for each of 0..255; results are cut to 0..255. */
export function throughTable(pixels: Uint8Array, map: (value: number) => number): Uint8Array {
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value += 1) table[value] = map(value);
  const result = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index += 1) result[index] = table[pixels[index] as number] as number;
  return result;
}

/** Maps each channel by a function that is made from its histogram, [256]. */
export function throughTables(
  pixels: Uint8Array,
  makeMap: (counts: Uint32Array) => (value: number) => number,
): Uint8Array {
  const result = new Uint8Array(pixels.length);
  const table = new Uint8ClampedArray(256);
  for (const channel of CHANNELS) {
    const counts = new Uint32Array(256);
    for (let index = channel; index < pixels.length; index += 3) counts[pixels[index] as number]! += 1;
    const map = makeMap(counts);
    for (let value = 0; value < 256; value += 1) table[value] = map(value);
    for (let index = channel; index < pixels.length; index += 3)
      result[index] = table[pixels[index] as number] as number;
  }
  return result;
}
