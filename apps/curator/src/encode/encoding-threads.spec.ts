import { encodePng } from '@winnow/imaging';
import type { SquareOptions } from '@winnow/imaging';
import { openEncoder } from './encoding-threads';

const SETTINGS: SquareOptions = { size: 16, policy: 'squash', format: 'png', quality: 90, maxPixels: 1e6 };

async function image(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 20 * 20 * 3 }, (_, at) => (at * 37) % 256);
  return encodePng({ width: 20, height: 20, data });
}

describe('encoding threads', () => {
  it('encode as the calling thread does, and say why an image cannot be', async () => {
    const here = openEncoder(SETTINGS, 0);
    const there = openEncoder(SETTINGS, 2);
    try {
      const expected = await here.encode(await image(), 'x');
      const replies = await Promise.all([1, 2, 3].map(async () => there.encode(await image(), 'x')));
      expect(expected).toMatchObject({ extension: 'png' });
      for (const reply of replies) expect(reply).toEqual(expected);
      expect(await there.encode(Uint8Array.of(1, 2, 3), 'x')).toEqual({ refused: 'unknown' });
    } finally {
      await there.close();
    }
  });

  it('name the image that they were at when they end', async () => {
    const encoder = openEncoder(SETTINGS, 1);
    const underWay = encoder.encode(await image(), 'blobs/ab');
    const ended = expect(underWay).rejects.toMatchObject({ code: 'INTERNAL', where: 'blobs/ab' });
    await encoder.close();
    await ended;
    await expect(encoder.encode(await image(), 'blobs/cd')).rejects.toMatchObject({ where: 'blobs/cd' });
  });
});
