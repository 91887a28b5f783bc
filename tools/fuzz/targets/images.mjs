const SIDE = 48;

/** An image in every format that is read, and some that are not. */
async function imageCorpus(requireTypeScript) {
  const { default: sharp } = { default: requireTypeScript('node_modules/sharp') };
  const data = Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, (_, index) => (index * 37 + (index >> 5)) % 256));
  const image = () => sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  const frames = Buffer.concat([data, Buffer.from(data).reverse()]);
  const animated = () => sharp(frames, { raw: { width: SIDE, height: 2 * SIDE, channels: 3, pageHeight: SIDE } });
  return Promise.all([
    image().jpeg().toBuffer(),
    image().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    image().toColourspace('cmyk').jpeg().toBuffer(),
    image().png().toBuffer(),
    image().png({ progressive: true }).toBuffer(),
    image().png({ palette: true }).toBuffer(),
    image().webp().toBuffer(),
    image().webp({ lossless: true }).toBuffer(),
    animated().webp().toBuffer(),
    animated().gif().toBuffer(),
    image().tiff({ compression: 'lzw' }).toBuffer(),
    image().tiff({ tile: true, tileWidth: 16, tileHeight: 16, pyramid: true }).toBuffer(),
    image().avif({ effort: 0 }).toBuffer(),
    bmp(data, 24),
    bmp(data, 8),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  ]);
}

function bmp(data, bits) {
  const palette = bits === 8 ? 1024 : 0;
  const row = Math.ceil((SIDE * bits) / 32) * 4;
  const out = Buffer.alloc(54 + palette + row * SIDE);
  out.write('BM');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54 + palette, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(SIDE, 18);
  out.writeInt32LE(SIDE, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(bits, 28);
  data.copy(out, 54 + palette, 0, row * SIDE);
  return out;
}

const TOKENS = [
  '\xff\xd8\xff',
  '\xff\xda',
  '\xff\xc2',
  'IHDR',
  'IDAT',
  'iCCP',
  'zTXt',
  'acTL',
  'RIFF',
  'VP8 ',
  'VP8X',
  'ANMF',
  'GIF89a',
  'II*\0',
  'ftypavif',
  '\x21\xf9\x04',
];
const tokens = TOKENS.map((token) => Buffer.from(token, 'latin1'));

const target =
  (use) =>
  async ({ requireTypeScript }) => {
    const imaging = requireTypeScript('libs/imaging/src/index.ts');
    const limits = { ...imaging.DEFAULT_IMAGE_LIMITS, minSide: 1 };
    return {
      corpus: await imageCorpus(requireTypeScript),
      tokens,
      maxBytes: 300_000,
      run: (bytes) => use(imaging, bytes, limits),
    };
  };

export const IMAGE_TARGETS = {
  'image-header': target(({ inspectImage }, bytes, limits) => inspectImage(bytes, limits)),
  'image-decode': target(({ decodeImage }, bytes, limits) => decodeImage(bytes, limits)),
  'image-analyse': target(({ analyseImage }, bytes, limits) => analyseImage(bytes, limits)),
};
