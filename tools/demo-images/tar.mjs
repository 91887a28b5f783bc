import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

const BLOCK = 512;
const padding = (length) => (BLOCK - (length % BLOCK)) % BLOCK;

/** All plain files of an uncompressed ustar archive, in its order. @returns {{ name: string, bytes: Buffer }[]} */
export function readTar(path) {
  const archive = readFileSync(path);
  const files = [];
  for (let offset = 0; offset + BLOCK <= archive.length && archive[offset] !== 0;) {
    const text = (start, length) => archive.toString('utf8', offset + start, offset + start + length).split('\0')[0];
    const size = parseInt(text(124, 12), 8);
    const isFile = archive[offset + 156] === 0x30 || archive[offset + 156] === 0;
    const start = offset + BLOCK;
    if (isFile) files.push({ name: text(0, 100), bytes: archive.subarray(start, start + size) });
    offset = start + size + padding(size);
  }
  return files;
}

/** Writes a ustar archive without times and owners, so that the same files give the same bytes. */
export function writeTar(path, files) {
  writeFileSync(path, Buffer.concat([...files.flatMap(memberOf), END]));
}

/**
 * The same, one file after another as they come.
 * @param {AsyncIterable<{ name: string, bytes: Buffer }> | Iterable<{ name: string, bytes: Buffer }>} files
 * @returns {Promise<number>} how many there were
 */
export async function writeTarAsItComes(path, files) {
  const archive = await open(path, 'w');
  let count = 0;
  try {
    for await (const file of files) {
      await archive.writeFile(Buffer.concat(memberOf(file)));
      count += 1;
    }
    await archive.writeFile(END);
  } finally {
    await archive.close();
  }
  return count;
}

const END = Buffer.alloc(2 * BLOCK);

function memberOf({ name, bytes }) {
  return [header(name, bytes.length), bytes, Buffer.alloc(padding(bytes.length))];
}

function header(name, size) {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for a ustar name`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value, length) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
