import { isDeepStrictEqual } from 'node:util';

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

/** JPEGs of every kind that the codec takes, and some that it leaves alone. */
async function jpegCorpus(requireTypeScript) {
  const sharp = requireTypeScript('node_modules/sharp');
  const data = Buffer.from(
    Array.from({ length: SIDE * SIDE * 3 }, (_, at) => 128 + 90 * Math.sin(at / 50) + ((at * 37) % 30)),
  );
  const image = () => sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  return Promise.all(
    [
      image().jpeg(),
      image().jpeg({ chromaSubsampling: '4:4:4', quality: 95 }),
      image().jpeg({ progressive: true }),
      image().jpeg({ mozjpeg: true }),
      image().greyscale().jpeg(),
      image().greyscale().jpeg({ progressive: true }),
      image()
        .withExif({ IFD0: { Artist: 'a' } })
        .jpeg(),
      image().withMetadata({ orientation: 6 }).jpeg(),
    ].map((made) => made.toBuffer()),
  );
}

const JPEG_TOKENS = [
  ...[
    '\xff\xd8\xff',
    '\xff\xda',
    '\xff\xc0',
    '\xff\xc2',
    '\xff\xc4',
    '\xff\xdb',
    '\xff\xdd\x00\x04\x00\x02',
    '\xff\xd0',
  ],
  ...[
    '\xff\xd9',
    '\xff\xe1',
    '\xff\xee\x00\x0eAdobe',
    '\xff\xe2\x00\x20ICC_PROFILE\x00',
    'Exif\x00\x00II*\x00',
    '\xff\xdc',
  ],
].map((token) => Buffer.from(token, 'latin1'));

const REGION = (width, height) => ({
  ...{ left: width >> 2, top: height >> 2 },
  ...{ width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) },
});

/** Sides, and how an image is fitted: each of the decoder's own ways to shrink is met. */
const SQUARES = [
  [30, 'fill'],
  [20, 'cover'],
  [12, 'fill'],
  [9, 'inside'],
  [5, 'outside'],
];

/** @param look makes the target's `run` of the library, the codec and limits */
const jpegTarget =
  (look) =>
  async ({ requireTypeScript }) => {
    const imaging = requireTypeScript('libs/imaging/src/index.ts');
    const codec = requireTypeScript('libs/imaging/src/codec/jpeg-codec.ts');
    const corpus = await jpegCorpus(requireTypeScript);
    if ((await codec.openPlainJpeg(corpus[0])) === null) return { skipped: '`winnow doctor --install` has not run' };
    const limits = { ...imaging.DEFAULT_IMAGE_LIMITS, maxPixels: 1_000_000, minSide: 1 };
    const { planResize } = requireTypeScript('libs/imaging/src/codec/resize-plan.ts');
    const tools = { imaging, codec, limits, planResize };
    return { corpus, tokens: JPEG_TOKENS, maxBytes: 100_000, run: (bytes) => look(tools, bytes) };
  };

/** The codec of JPEGs alone, which is many times as fast. */
async function decodePlain({ codec, limits, planResize }, bytes) {
  const plain = await codec.openPlainJpeg(bytes);
  if (plain === null || plain.width * plain.height > limits.maxPixels) return;
  for (const denominator of [1, 2, 4, 8]) await plain.decode(denominator);
  await plain.decodeRegion(REGION(plain.width, plain.height), 40);
  for (const [side, fit] of SQUARES) {
    const plan = planResize(plain, { width: side, height: side }, { fit, kernel: side > 9 ? 'lanczos3' : 'linear' });
    if (plan === null) continue;
    await plain.resizeToJpeg(plan, { quality: 90, hasOwnTables: side > 20 });
  }
}

const SQUARE_BESIDE = { size: 31, policy: 'squash', format: 'jpeg', quality: 90, maxPixels: 1_000_000 };
const SQUARE = { format: 'jpeg', quality: 90, maxPixels: 1_000_000 };

/** Beside sharp: the same pixels, the same digests, or the same refusal. */
async function compareWithSharp({ imaging, codec, limits }, bytes) {
  const found = [];
  for (const isOn of [false, true]) {
    codec.useJpegCodec(isOn);
    found.push({
      image: await imaging.decodeImage(bytes, limits),
      analysis: await imaging.analyseImage(bytes, limits),
      region: await imaging.decodeRegion(bytes, { choose: REGION, size: 40, limits }),
      stretched: await imaging.makeSquare(bytes, { ...SQUARE, size: 20, policy: 'squash' }),
      cut: await imaging.makeSquare(bytes, { ...SQUARE, size: 9, policy: 'cover' }),
    });
  }
  if (!isDeepStrictEqual(...found)) throw new Error('the codec and sharp differ');
  const both = await imaging.analyseAndSquare(bytes, { limits, options: SQUARE_BESIDE });
  const { square, ...analysis } = { square: null, ...both };
  if (!isDeepStrictEqual(analysis, found[1].analysis))
    throw new Error('measured otherwise where a square is made, too');
  if (square === null) return;
  codec.useJpegCodec(false);
  const alone = await imaging.makeSquare(bytes, SQUARE_BESIDE);
  codec.useJpegCodec(true);
  if (!isDeepStrictEqual(alone, { ok: true, bytes: square })) throw new Error('a square made on the way differs');
}

export const IMAGE_TARGETS = {
  'jpeg-codec': jpegTarget(decodePlain),
  'jpeg-as-sharp': jpegTarget(compareWithSharp),
  'image-header': target(({ inspectImage }, bytes, limits) => inspectImage(bytes, limits)),
  'image-decode': target(({ decodeImage }, bytes, limits) => decodeImage(bytes, limits)),
  'image-analyse': target(({ analyseImage }, bytes, limits) => analyseImage(bytes, limits)),
};
