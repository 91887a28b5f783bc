import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { workspace } from '../workspace.mjs';
import { ANNOTATOR } from './plan-cifar5.mjs';

const { compareText, WinnowError } = workspace('@winnow/contracts');
const { makeSquare } = workspace('@winnow/imaging');
const { streamTar } = workspace('@winnow/shards');

/** Side of the images, pixels. */
export const SIZE = 32;
export const CIFAR = 'cifar10.tar.gz';
const FLOWERS = 'flowers.tar';
const IMAGENET = 'imagenet-sample.tar';
const MAX_IMAGE_BYTES = 20_000_000;
const MAX_PIXELS = 50_000_000;
const QUALITY = 90;
/** WordNet's number of an ImageNet class; animals lie below the objects. */
const WORDNET = /\/n(\d{8})_([^/]+)\.jpg$/;
const FIRST_OBJECT = 2_660_000;
/** Animals that are taken for deer or horses, also by people. */
const HOOFED = ['sorrel', 'zebra', 'hartebeest', 'impala', 'gazelle', 'ibex', 'bighorn', 'llama', 'ox'];

/** Rows of CIFAR-10N as { path, clean, given }. @param {string} data folder */
export function readAnnotations(data) {
  const file = path.join(data, 'cifar10n.csv.gz');
  const rows = readCsv(file, gunzipSync(readFileSync(file)));
  return rows.map((row) => ({ path: row.path, clean: row.clean, given: row[ANNOTATOR] }));
}

/** Test images that ciFAIR lists beside a training image, however sure its judges were. @param {string} data folder */
export function readDuplicates(data) {
  const file = path.join(data, 'cifair-pairs.csv');
  return new Set(readCsv(file, readFileSync(file)).map((row) => row.test_path));
}

/** Paths of CIFAR-10's test images, in code-unit order. @param {string} data folder */
export async function listTestImages(data) {
  const names = await membersOf(path.join(data, CIFAR));
  return names.filter((name) => /^test\/\w+\/\w+\.jpg$/.test(name));
}

/** Open images that no class is like: flowers, and animals of ImageNet without hooves. @param {string} data folder */
export async function listFarImages(data) {
  const flowers = (await membersOf(path.join(data, FLOWERS))).filter((name) => name.endsWith('.jpg'));
  const animals = (await membersOf(path.join(data, IMAGENET))).filter((name) => {
    const [, number, word] = WORDNET.exec(name) ?? [];
    return number !== undefined && Number(number) < FIRST_OBJECT && !HOOFED.includes(word);
  });
  return { flowers, animals };
}

/** The middle square of far images at the side of the world. @returns {Promise<Map<string, Buffer>>} JPEG by name */
export async function squareFarImages(data, names) {
  const squares = new Map();
  for (const archive of [FLOWERS, IMAGENET]) {
    for (const [name, bytes] of await readMembers(path.join(data, archive), names)) {
      const square = await makeSquare(bytes, {
        ...{ size: SIZE, policy: 'cover', format: 'jpeg', quality: QUALITY, maxPixels: MAX_PIXELS },
      });
      if (!square.ok) {
        throw new WinnowError('IMAGE_UNREADABLE', `An image cannot be used: ${square.detail}`, { where: name });
      }
      squares.set(name, Buffer.from(square.bytes));
    }
  }
  return squares;
}

/** Bytes of members as they are. @returns {Promise<Map<string, Buffer>>} by name */
export async function readMembers(file, names) {
  const [wanted, found] = [new Set(names), new Map()];
  const options = { maxBytes: MAX_IMAGE_BYTES, wanted: (name) => wanted.has(name) };
  for await (const { name, bytes } of streamTar(file, options)) if (bytes !== null) found.set(name, bytes);
  return found;
}

async function membersOf(file) {
  const names = [];
  for await (const { name } of streamTar(file, { maxBytes: 0, wanted: () => false })) names.push(name);
  return names.sort(compareText);
}

function readCsv(file, bytes) {
  try {
    return parse(bytes, { columns: true, skip_empty_lines: true });
  } catch (error) {
    throw new WinnowError('FORMAT_INVALID', `The table cannot be read: ${error.message}`, { where: file });
  }
}
