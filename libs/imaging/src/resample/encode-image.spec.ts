import sharp from 'sharp';
import { areaResample } from './area-resample';
import { decodeImage, encodeJpeg, encodePng, imagingVersions, resizeRgb } from '../index';
import { thumbnailDifference, thumbnailOf } from '../index';
import type { RgbImage } from '../index';

const LIMITS = { maxPixels: 1e7, minSide: 1, maxAspectRatio: 100 };

function waves(width: number, height: number, phase = 0): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y, band] = [(Math.floor(at / 3) % width) / width, Math.floor(at / 3 / width) / height, at % 3];
    return 128 + 80 * Math.sin(7 * x + band + phase) + 45 * Math.cos(9 * y - phase * x);
  });
  return { width, height, data };
}

const corners = (image: RgbImage): number[] => {
  const { width, height, data } = image;
  return [0, width - 1, (height - 1) * width, height * width - 1].map((pixel) => data[pixel * 3] ?? -1);
};

describe('encodeJpeg and encodePng', () => {
  it('give the same bytes twice, with no metadata and full colour', async () => {
    const image = waves(50, 40);
    expect(await encodeJpeg(image, 92)).toEqual(await encodeJpeg(image, 92));
    expect(await encodePng(image)).toEqual(await encodePng(image));
    const metadata = await sharp(await encodeJpeg(image, 92)).metadata();
    expect(metadata).toMatchObject({ width: 50, height: 40, chromaSubsampling: '4:4:4', isProgressive: false });
    expect([metadata.exif, metadata.icc, metadata.xmp]).toEqual([undefined, undefined, undefined]);
  });

  it('halve the resolution of colour where asked', async () => {
    const metadata = await sharp(await encodeJpeg(waves(50, 40), 92, '4:2:0')).metadata();
    expect(metadata.chromaSubsampling).toBe('4:2:0');
  });

  it('PNG comes back unchanged', async () => {
    const image = waves(33, 21);
    const result = await decodeImage(await encodePng(image), LIMITS);
    expect(result).toMatchObject({ ok: true, format: 'png', image });
  });
});

describe('resizeRgb', () => {
  // Left half black, right half white, with one grey column at each end.
  const bands: RgbImage = {
    width: 80,
    height: 40,
    data: Uint8Array.from({ length: 80 * 40 * 3 }, (_, at) => (Math.floor(at / 3) % 80 < 40 ? 0 : 255)),
  };

  it('squashes, cuts to the middle, or pads with grey', async () => {
    expect(corners(await resizeRgb(bands, 20, 'squash'))).toEqual([0, 255, 0, 255]);
    const cover = await resizeRgb(bands, 20, 'cover');
    expect([cover.width, cover.height, corners(cover)]).toEqual([20, 20, [0, 255, 0, 255]]);
    const box = await resizeRgb(bands, 20, 'letterbox');
    expect(corners(box)).toEqual([128, 128, 128, 128]);
    expect(box.data[(10 * 20 + 0) * 3]).toBe(0);
    expect(box.data).toHaveLength(20 * 20 * 3);
  });

  it('enlarges, and leaves the right size alone', async () => {
    expect((await resizeRgb(bands, 100, 'squash')).data).toHaveLength(100 * 100 * 3);
    const square = waves(32, 32);
    expect(await resizeRgb(square, 32, 'cover')).toBe(square);
  });
});

describe('areaResample', () => {
  const resample = (values: readonly number[], width: number, target: number): number[] => {
    const readRow = (_: number, out: Float32Array): void => out.set(values);
    return [...areaResample({ width, height: 1, channels: 1, readRow }, target, 1)];
  };

  it('means whole and part pixels', () => {
    expect(resample([1, 3, 5, 7], 4, 2)).toEqual([2, 6]);
    // Each target pixel covers one and a half: (0 + 30 / 2) / 1.5 and (30 / 2 + 60) / 1.5.
    const [first = 0, second = 0] = resample([0, 30, 60], 3, 2);
    expect(first).toBeCloseTo(10, 4);
    expect(second).toBeCloseTo(50, 4);
    expect(resample([4, 8], 2, 4)).toEqual([4, 4, 8, 8]);
  });
});

describe('thumbnailDifference', () => {
  it('is 0 for the same image, small for a copy, large for another', async () => {
    const image = waves(48, 48);
    const difference = (a: RgbImage, b: RgbImage): number => thumbnailDifference(thumbnailOf(a), thumbnailOf(b));
    expect(difference(image, image)).toBe(0);
    const copy = await decodeImage(await encodeJpeg(await resizeRgb(image, 40, 'squash'), 50), LIMITS);
    if (!copy.ok) throw new Error(copy.detail);
    expect(difference(image, copy.image)).toBeLessThan(4);
    expect(difference(image, waves(48, 48, 2))).toBeGreaterThan(20);
  });

  it('compares thumbnails of one size only', () => {
    expect(thumbnailOf(waves(30, 20), 8)).toHaveLength(8 * 8 * 3);
    expect(thumbnailDifference(Uint8Array.of(1, 5), Uint8Array.of(3, 1))).toBe(3);
    expect(() => thumbnailDifference(new Uint8Array(3), new Uint8Array(6))).toThrow(RangeError);
  });
});

describe('imagingVersions', () => {
  it('names what decides about bytes', () => {
    expect(imagingVersions()).toEqual({ sharp: sharp.versions.sharp, libvips: sharp.versions.vips });
  });
});
