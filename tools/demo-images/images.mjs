import sharp from 'sharp';

/** Smallest PNG of grey pixels: Fashion-MNIST images compress better now with, now without row filters. */
export async function greyPng(pixels, width, height) {
  const encode = (adaptiveFiltering) =>
    sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png({ compressionLevel: 9, adaptiveFiltering })
      .toBuffer();
  const [filtered, plain] = await Promise.all([encode(true), encode(false)]);
  return filtered.length < plain.length ? filtered : plain;
}

/**
 * A sheet of square images, `columns` a row, left to right, top to bottom; unused cells are black.
 * @param {Buffer[]} cells raw pixels, `channels` values a pixel
 */
export async function sheetPng(cells, { cellSize, columns, channels }) {
  const rows = Math.ceil(cells.length / columns);
  const stride = columns * cellSize * channels;
  const sheet = Buffer.alloc(rows * cellSize * stride);
  cells.forEach((cell, index) => {
    const left = (index % columns) * cellSize * channels;
    const top = Math.floor(index / columns) * cellSize;
    for (let y = 0; y < cellSize; y += 1)
      cell.copy(sheet, (top + y) * stride + left, y * cellSize * channels, (y + 1) * cellSize * channels);
  });
  if (channels === 1) return greyPng(sheet, columns * cellSize, rows * cellSize);
  return sharp(sheet, { raw: { width: columns * cellSize, height: rows * cellSize, channels } })
    .png({ compressionLevel: 9, effort: 10, palette: true, colours: 256, dither: 0 })
    .toBuffer();
}

/** Clip art as `size` x `size` RGB: fitted into the square, on white. */
export function clipArtPixels(bytes, size) {
  return sharp(bytes)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(size, size, { fit: 'contain', background: '#fff' })
    .removeAlpha()
    .raw()
    .toBuffer();
}
