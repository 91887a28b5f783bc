import { crc32, deflateSync } from 'node:zlib';

const SIDE = 32;

/** A PNG of 32 x 32 pixels with a soft gradient that a number chooses. */
export function tinyPng(seed: number): Buffer {
  const rows = Buffer.alloc(SIDE * (1 + SIDE * 3));
  const hue = (seed * 47) % 256;
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const at = y * (1 + SIDE * 3) + 1 + x * 3;
      const isInside = (x - 16) ** 2 + (y - 16) ** 2 < 40 + (seed % 90);
      rows[at] = isInside ? hue : 90 + y * 3;
      rows[at + 1] = isInside ? 255 - hue : 120 + x * 2;
      rows[at + 2] = isInside ? (hue * 3) % 256 : 140;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // Eight bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
