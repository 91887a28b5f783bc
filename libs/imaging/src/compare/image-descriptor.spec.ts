import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDir, MARKER_NAME } from '@winnow/files/native';
import { SeededRandom } from '@winnow/random';
import { codecDir } from '../codec/codec-release';
import { jpegCodec } from '../codec/jpeg-codec';
import { describeImage, descriptorOf, readDescriptor } from './image-descriptor';
import { lumaSquare } from './luma-descriptor';
import { thumbnailOf } from './pixel-difference';

const withCodec = existsSync(join(codecDir(defaultCacheDir(process.env)), MARKER_NAME)) ? describe : describe.skip;

/** Values of all kinds: few and far between, or many. */
function drawn(width: number, height: number, random: SeededRandom) {
  const values = 1 + random.int(256);
  const data = Uint8Array.from({ length: width * height * 3 }, () => 255 - random.int(values));
  return { width, height, data };
}

it('is read as it was written, and nothing else is', () => {
  const image = drawn(40, 30, new SeededRandom('written'));
  const bytes = describeImage(image);
  expect(readDescriptor(bytes)).toEqual({ thumbnail: thumbnailOf(image), luma: lumaSquare(image) });
  expect(readDescriptor(bytes.subarray(1))).toBeNull();
  // As the database gives it: what is kept of it must not keep all of it.
  const { thumbnail } = readDescriptor(Buffer.from(bytes)) as { thumbnail: Uint8Array };
  expect(thumbnail).toEqual(thumbnailOf(image));
  expect(thumbnail.buffer.byteLength).toBe(thumbnail.length);
});

withCodec('a descriptor by the codec', () => {
  it('is that of JavaScript, to the last bit, whatever size the image has', async () => {
    const random = new SeededRandom('descriptors');
    for (let round = 0; round < 300; round += 1) {
      const most = round % 3 === 0 ? 40 : 260;
      const image = drawn(1 + random.int(most), 1 + random.int(most), random);
      expect(await descriptorOf(image)).toEqual(describeImage(image));
    }
  });

  it.each([
    ['no pixels', new Uint8Array(0), 8, 4864],
    ['half a row', new Uint8Array(8 * 8 * 3 - 3), 8, 4864],
    ['no width', new Uint8Array(8 * 8 * 3), 0, 4864],
    ['another place for it', new Uint8Array(8 * 8 * 3), 8, 4863],
  ])('is refused with %s, and nothing is read', async (_, rgb, width, length) => {
    const codec = await jpegCodec();
    expect(() => codec?.describe(rgb, new Uint8Array(length), width, false)).toThrow('wrong arguments');
  });
});
