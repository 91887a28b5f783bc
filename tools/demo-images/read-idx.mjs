import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Reads a gzip'd IDX file of unsigned bytes (the format of MNIST). @returns {{ shape: number[], data: Buffer }} */
export function readIdx(path) {
  const bytes = gunzipSync(readFileSync(path));
  if (bytes.readUInt16BE(0) !== 0 || bytes[2] !== 0x08) throw new Error(`${path} is not an IDX file of bytes`);
  const rank = bytes[3];
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const data = bytes.subarray(4 + 4 * rank);
  if (data.length !== shape.reduce((product, length) => product * length, 1))
    throw new Error(`${path}: ${data.length} bytes do not fit the shape ${shape.join(' x ')}`);
  return { shape, data };
}

/**
 * One split of Fashion-MNIST. @param {'train' | 't10k'} split
 * @returns {{ pixels: (index: number) => Buffer, labels: Buffer }} images of 28 x 28 grey values
 */
export function readFashionMnist(folder, split) {
  const images = readIdx(join(folder, `${split}-images-idx3-ubyte.gz`));
  const { data: labels } = readIdx(join(folder, `${split}-labels-idx1-ubyte.gz`));
  return { pixels: (index) => images.data.subarray(index * 784, (index + 1) * 784), labels };
}
