/** A square RGB thumbnail, [side, side, 3], with left and right exchanged. */
export function flipThumbnail(thumbnail: Uint8Array): Uint8Array {
  const side = Math.round(Math.sqrt(thumbnail.length / 3));
  const flipped = new Uint8Array(thumbnail.length);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const from = (y * side + x) * 3;
      flipped.set(thumbnail.subarray(from, from + 3), (y * side + side - 1 - x) * 3);
    }
  }
  return flipped;
}
