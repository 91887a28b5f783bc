import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';

const IMAGES = path.join(ROOT, 'examples/demo/pictures');
const CLASSES = ['a', 'b'];

/** The demo's images in turn under two classes. @returns their files below `folder`, by path */
export function writeImages(folder) {
  return readdirSync(IMAGES).map((name, index) => {
    const file = path.join(folder, CLASSES[index % 2], name);
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(path.join(IMAGES, name), file);
    return file;
  });
}

/** @param {string} settings further lines of the project file */
export function writeProject(cwd, settings) {
  const classes = CLASSES.map((name) => `{ name: ${name} }`).join(', ');
  writeFileSync(path.join(cwd, 'p.yaml'), `name: p\nclasses: [${classes}]\nharvest: { minSide: 16 }\n${settings}\n`);
  return 'p.yaml';
}

/** Where a project keeps the original of an image file. */
export function originalOf(cwd, file) {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return path.join(cwd, '.winnow/blobs', sha256.slice(0, 2), sha256);
}

/** Flips one bit. @param {(bytes: number) => number} place from the size of the file */
export function flipBit(file, place = (bytes) => bytes >> 1) {
  const bytes = readFileSync(file);
  bytes[place(bytes.length)] ^= 1;
  writeFileSync(file, bytes);
}

/** Ends the attack where what should be attacked could not be made. */
export function requireDone(measured, what) {
  if (measured.code !== 0 && measured.code !== 3) throw new Error(`${what}: exit ${measured.code}\n${measured.stderr}`);
  return measured;
}

/** The first line that a command said of it, shortened. */
export function firstLine({ stdout, stderr }) {
  const lines = `${stderr}\n${stdout}`.split('\n').filter((line) => /error:|whole|same|sound|Built/i.test(line));
  return (lines[0] ?? `${stderr}${stdout}`.trim().split('\n')[0]).slice(0, 200);
}
