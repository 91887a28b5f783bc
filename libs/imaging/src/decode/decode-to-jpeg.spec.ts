import { encodeJpeg, encodePng } from '../resample/encode-image';
import { resizeRgb } from '../resample/resize-rgb';
import { decodeImage } from './decode-image';
import { decodeToJpeg } from './decode-to-jpeg';

const LIMITS = { maxPixels: 50_000_000, minSide: 1, maxAspectRatio: 100_000 };
const SHAPE = { maxSide: 64, quality: 88 } as const;

const striped = (width: number, height: number) => {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7) % 251) };
};

describe('a JPEG of a foreign image', () => {
  it.each([
    ['as it is', striped(48, 20), 20],
    ['shrunk to its longer side', striped(300, 150), 32],
    ['shrunk to a line of one pixel', striped(1, 500), 1],
    // Not cheap, and so decoded in a process of its own.
    ['shrunk where it is decoded', striped(4000, 3000), 48],
  ])('has the pixels of the decoded image, %s', async (_what, image, shorter) => {
    const file = await encodePng(image);
    const decoded = await decodeImage(file, LIMITS);
    if (!decoded.ok) throw new Error(decoded.detail);
    const isShrunk = Math.max(image.width, image.height) > SHAPE.maxSide;
    const shown = isShrunk ? await resizeRgb(decoded.image, shorter, 'keep') : decoded.image;
    const made = await decodeToJpeg(file, LIMITS, SHAPE);
    expect(made).toEqual({ ok: true, jpeg: await encodeJpeg(shown, SHAPE.quality) });
  });

  it('is refused as decoding is', async () => {
    const file = await encodePng(striped(50, 50));
    const refused = await decodeToJpeg(file, { ...LIMITS, maxPixels: 100 }, SHAPE);
    expect(refused).toEqual(await decodeImage(file, { ...LIMITS, maxPixels: 100 }));
    expect(await decodeToJpeg(Buffer.from('<svg/>'), LIMITS, SHAPE)).toMatchObject({ ok: false });
  });
});
