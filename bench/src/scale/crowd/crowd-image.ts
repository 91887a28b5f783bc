import { crc32, deflateSync } from 'node:zlib';

export const CROWD_IMAGE = { width: 64, height: 48 } as const;
const { width: WIDTH, height: HEIGHT } = CROWD_IMAGE;
/** Side of the squares of one colour, pixels. */
const SQUARE = 8;
const ROW_BYTES = 1 + WIDTH * 3;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER = pngChunk('IHDR', headerFields());
const END = pngChunk('IEND', Buffer.alloc(0));

/**
 * PNG file of coloured squares drawn from `image`. Its first pixel spells the number out, so no two images below
 * 2 ** 24 are the same.
 */
export function crowdImage(image: number): Buffer {
  const rows = Buffer.alloc(HEIGHT * ROW_BYTES);
  for (let top = 0; top < HEIGHT; top += SQUARE) {
    const start = top * ROW_BYTES;
    for (let left = 0; left < WIDTH; left += SQUARE) {
      const colour = scatter(image * 64 + (top * WIDTH) / SQUARE ** 2 + left / SQUARE);
      // Offset 1: a row begins with the number of its filter, 0.
      for (let x = left; x < left + SQUARE; x += 1) rows.writeUIntBE(colour & 0xffffff, start + 1 + x * 3, 3);
    }
    for (let y = 1; y < SQUARE; y += 1) rows.copy(rows, start + y * ROW_BYTES, start, start + ROW_BYTES);
  }
  rows.writeUIntBE(image & 0xffffff, 1, 3);
  return Buffer.concat([SIGNATURE, HEADER, pngChunk('IDAT', deflateSync(rows, { level: 1 })), END]);
}

/** A number of 32 bits that looks like chance: the finaliser of MurmurHash3. */
export function scatter(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** 8 bits a channel, RGB, not interlaced. */
function headerFields(): Buffer {
  const fields = Buffer.alloc(13);
  fields.writeUInt32BE(WIDTH, 0);
  fields.writeUInt32BE(HEIGHT, 4);
  fields.set([8, 2, 0, 0, 0], 8);
  return fields;
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}
