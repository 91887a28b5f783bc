#!/usr/bin/env node
/**
 * Copies among the images of a folder. From the clone:
 *   node examples/library/near-duplicates.mjs photos/
 * Finds files of the same bytes, of the same pixels, and images that look alike (PDQ, up to 31 of 256 bits; flipped ones too).
 * Printed are, for each image that has copies, the one to keep, and below it the others with how they were recognised.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
require('../../apps/winnow/bin/register-typescript.js');
const { clusterDuplicates } = require('@winnow/dedup');
const { analyseImage } = require('@winnow/imaging');

/** Against decompression bombs; everything else may be in. */
const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node examples/library/near-duplicates.mjs FOLDER');

const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
const items = [];
for (const file of files.sort()) {
  const bytes = await readFile(file);
  const found = await analyseImage(bytes, LIMITS);
  if (!found.ok) {
    console.log(`${file}: passed over, ${found.outcome}`);
    continue;
  }
  const { width, height, pixelSha256: pixelSha, pdq, pdqQuality } = found;
  const bytesSha = createHash('sha256').update(bytes).digest('hex');
  const facts = { bytesSha, pixelSha, pdq, pdqQuality, width, height, sizeBytes: bytes.length };
  // Images of one class are compared by the wider of the two limits.
  items.push({ id: file, className: 'all', rank: 1, ...facts });
}

const clusters = await clusterDuplicates(items, { mirrors: true });
for (const { keptId, copies } of clusters.filter((cluster) => cluster.copies.length > 0)) {
  console.log(keptId);
  for (const { id, outcome, distanceBits, flipped } of copies) {
    console.log(`  ${id}: ${outcome}, ${distanceBits} bits${flipped ? ', flipped' : ''}`);
  }
}
console.log(`${items.length} images, ${clusters.length} of them different`);
