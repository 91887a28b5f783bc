import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { Behaviour } from './file-reply';

const TILE_BYTES = 1 << 20;
const TILES = 256;

let made: Uint8Array | undefined;

/** 256 MiB of zeros in about 260 kB of gzip, declared as a JPEG with Content-Encoding. */
export const gzipBomb: Behaviour = () => ({
  status: 200,
  headers: { 'content-type': 'image/jpeg', 'content-encoding': 'gzip' },
  body: (made ??= zerosInGzip()),
});

/** A gzip member (RFC 1952) whose deflate blocks repeat: no need to compress 256 MiB. */
function zerosInGzip(): Uint8Array {
  const zeros = Buffer.alloc(TILE_BYTES);
  const tile = deflateRawSync(zeros, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0), { level: 9 });
  let checksum = 0;
  for (let index = 0; index < TILES; index += 1) checksum = crc32(zeros, checksum);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(TILE_BYTES * TILES, 4);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  return new Uint8Array(Buffer.concat([header, ...Array<Buffer>(TILES).fill(tile), end, trailer]));
}
