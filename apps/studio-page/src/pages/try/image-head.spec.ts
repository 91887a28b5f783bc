import { encodeJpeg, encodePng, encodeWebp } from '@winnow/imaging';
import { refuseSize, statedSize } from './image-head';

/** Parts: text by its letters, numbers as bytes. */
const bytesOf = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (letter) => letter.charCodeAt(0)) : part)),
  );

const HEADS = {
  png: bytesOf('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 1, 0, 0], [0, 0, 2, 1]),
  gif: bytesOf('GIF89a', [0x34, 0x12], [2, 0]),
  // An EXIF segment, a fill byte and tables come first.
  jpeg: bytesOf('\xff\xd8', '\xff\xe1', [0, 4, 9, 9], '\xff\xff\xc4', [0, 3, 9], '\xff\xc2', [0, 17, 8, 1, 2, 3, 4]),
  webpExtended: bytesOf('RIFF....WEBPVP8X', [10, 0, 0, 0], [0, 0, 0, 0], [0xff, 0xff, 1], [4, 0, 0]),
  webpLossless: bytesOf('RIFF....WEBPVP8L', [9, 0, 0, 0], [0x2f], [0xff, 0xff, 0x00, 0x00]),
  webpLossy: bytesOf('RIFF....WEBPVP8 ', [9, 0, 0, 0], [0, 0, 0, 0x9d, 1, 0x2a], [0x10, 0x40], [0x20, 0]),
  bmp: bytesOf('BM............', [40, 0, 0, 0], [0, 1, 0, 0], [0xfe, 0xff, 0xff, 0xff]),
  bmpOfOs2: bytesOf('BM............', [12, 0, 0, 0], [0, 1], [7, 0]),
};

it.each([
  ['png', 65_536, 513],
  ['gif', 0x1234, 2],
  ['jpeg', 0x304, 0x102],
  ['webpExtended', 131_072, 5],
  ['webpLossless', 16_384, 4],
  ['webpLossy', 16, 32],
  ['bmp', 256, 2],
  ['bmpOfOs2', 256, 7],
] as const)('reads the size of the head: %s', (name, width, height) => {
  const head = HEADS[name];
  expect(statedSize(head)).toEqual({ width, height });
  head.forEach((_, length) => expect(statedSize(head.slice(0, length))).toBeNull());
});

it('reads files of an encoder, and knows nothing of other formats', async () => {
  const image = { width: 31, height: 17, data: new Uint8Array(31 * 17 * 3).fill(90) };
  const files = await Promise.all([encodeJpeg(image, 90), encodePng(image), encodeWebp(image, 80)]);
  expect(files.map((file) => statedSize(file))).toEqual(files.map(() => ({ width: 31, height: 17 })));
  for (const other of ['', 'ftypavif', '<svg width="9" height="9"/>', '\xff\xd8\xff\xda\0\x02..', 'RIFF....WEBPANIM']) {
    expect(statedSize(bytesOf(other))).toBeNull();
  }
});

it('refuses what no tab can hold', () => {
  expect(() => refuseSize({ width: 10_000, height: 10_000 })).not.toThrow();
  expect(() => refuseSize({ width: 10_001, height: 10_000 })).toThrow('10001 x 10000 pixels are too many');
  expect(() => refuseSize({ width: 1, height: 32_768 })).toThrow('1 x 32768 pixels are too long');
});
