import { thumbnailDifference } from '@winnow/imaging';
import { mirrorThumbnail } from './mirror-thumbnail';
import { lookDifference } from './original-thumbnails';

describe('mirrorThumbnail', () => {
  // Two rows of two pixels.
  const thumbnail = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

  it('exchanges left and right, pixel by pixel', () => {
    expect([...mirrorThumbnail(thumbnail)]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    expect(mirrorThumbnail(mirrorThumbnail(thumbnail))).toEqual(thumbnail);
  });

  it('is how mirrored pictures are compared', () => {
    const mirrored = mirrorThumbnail(thumbnail);
    expect(lookDifference(thumbnail, mirrored, true)).toBe(0);
    expect(lookDifference(thumbnail, mirrored, false)).toBe(thumbnailDifference(thumbnail, mirrored));
    expect(lookDifference(thumbnail, undefined, false)).toBe(0);
  });
});
