import { thumbnailDifference } from '@winnow/imaging';
import { pairDifference, flipThumbnail } from './original-thumbnails';

describe('mirrorThumbnail', () => {
  // Two rows of two pixels.
  const thumbnail = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

  it('exchanges left and right, pixel by pixel', () => {
    expect([...flipThumbnail(thumbnail)]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    expect(flipThumbnail(flipThumbnail(thumbnail))).toEqual(thumbnail);
  });

  it('is how mirrored images are compared', () => {
    const flipped = flipThumbnail(thumbnail);
    expect(pairDifference(thumbnail, flipped, true)).toBe(0);
    expect(pairDifference(thumbnail, flipped, false)).toBe(thumbnailDifference(thumbnail, flipped));
    expect(pairDifference(thumbnail, undefined, false)).toBe(0);
  });
});
