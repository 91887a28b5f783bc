import { decodeImage } from '../decode/decode-image';
import { encodePng } from '../resample/encode-image';
import { longTextsPng, pngChunk } from '../spec-support/hostile-images';
import { withoutTexts } from './without-texts';

const LIMITS = { maxPixels: 1e6, minSide: 1, maxAspectRatio: 9 };
const SIGNATURE_AND_HEADER = 33;

describe('a PNG without its compressed texts', () => {
  it('has the same pixels and all else that it held', async () => {
    const data = Uint8Array.from({ length: 12 }, (_, at) => 20 * at);
    const png = Buffer.from(await encodePng({ width: 2, height: 2, data }));
    const text = pngChunk('iTXt', Buffer.from('a text\0\0\0\0\0of no use'));
    const plain = pngChunk('tEXt', Buffer.from('Title\0kept'));
    const [head, rest] = [png.subarray(0, SIGNATURE_AND_HEADER), png.subarray(SIGNATURE_AND_HEADER)];
    const whole = Buffer.concat([head, text, plain, text, rest, text]);
    // Behind the end nothing is read.
    expect(withoutTexts(whole)).toEqual(Buffer.concat([head, plain, rest, text]));
    expect(await decodeImage(whole, LIMITS)).toMatchObject({ ok: true, image: { width: 2, data: Buffer.from(data) } });
    expect(withoutTexts(png)).toBe(png);
    const cut = Buffer.concat([head, text.subarray(0, 14)]);
    expect(withoutTexts(cut)).toBe(cut);
  });

  it.each(['zTXt', 'iTXt'] as const)('is a hundred bytes where %s came to a gigabyte', (type) => {
    expect(longTextsPng(type, 15).length).toBeGreaterThan(100_000);
    expect(withoutTexts(longTextsPng(type, 15))).toEqual(longTextsPng(type, 0));
  });
});
