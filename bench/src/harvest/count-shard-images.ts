import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

const BLOCK_BYTES = 512;

/** How many `.jpg` members the tar files in a folder and below it have, read from the tars themselves. */
export async function countShardImages(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  let images = 0;
  for (const name of names.filter((file) => file.endsWith('.tar'))) images += await countIn(path.join(folder, name));
  return images;
}

async function countIn(tar: string): Promise<number> {
  const file = await open(tar, 'r');
  try {
    const header = Buffer.alloc(BLOCK_BYTES);
    let images = 0;
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(header, 0, BLOCK_BYTES, at);
      // A block of zeros ends the archive.
      if (bytesRead < BLOCK_BYTES || header[0] === 0) return images;
      if (/\.jpg\0/.test(header.toString('latin1', 0, 101))) images += 1;
      const bytes = Number.parseInt(header.toString('latin1', 124, 136), 8);
      at += BLOCK_BYTES * (1 + Math.ceil(bytes / BLOCK_BYTES));
    }
  } finally {
    await file.close();
  }
}
