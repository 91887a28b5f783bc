import { gunzipSync } from 'node:zlib';
import type { ImageRequest } from './file-reply';
import { gzipBomb } from './gzip-bomb';
import { pixelBomb } from './pixel-bomb';

const anyRequest = {} as ImageRequest;

describe('bombs', () => {
  it('gzipBomb is a valid gzip member of zeros, about 1000:1', () => {
    const body = Buffer.from(gzipBomb(anyRequest).body as Uint8Array);
    const decoded = gunzipSync(body);
    expect(decoded.length).toBe(256 * 2 ** 20);
    expect(decoded.length / body.length).toBeGreaterThan(900);
    expect(decoded.subarray(-1_000_000).every((byte) => byte === 0)).toBe(true);
  });

  it('pixelBomb is a small PNG that claims 50,000 x 50,000 pixels', () => {
    const body = Buffer.from(pixelBomb(anyRequest).body as Uint8Array);
    expect(body.toString('latin1', 1, 4)).toBe('PNG');
    expect([body.readUInt32BE(16), body.readUInt32BE(20)]).toEqual([50_000, 50_000]);
    expect(body.length).toBeLessThan(1000);
  });
});
