import path from 'node:path';
import { workspace } from '../workspace.mjs';
import { CLASSES, TOO_ALIKE } from './known-classes.mjs';

const { compareText, WinnowError } = workspace('@winnow/contracts');
const { streamTar } = workspace('@winnow/shards');

const MAX_IMAGE_BYTES = 20_000_000;
const KNOWN = 'imagenette.tar';
/** Tars of open images by the name of the source. */
const OPEN = { flowers: 'flowers.tar', 'clip-art': 'openclipart.tar', imagenet: 'imagenet-sample.tar' };
const IMAGENETTE = /^imagenette\/(pool|test)\/([\w-]+)\/[^/]+\.jpg$/;
const SAMPLE = /\/n\d+_([^/]+)\.jpg$/;

/**
 * Lists the photographs: names of members by class, or by source, in code-unit order.
 * @param {string} data folder of the tars
 * @returns {Promise<{ known: Record<string, string[]>, test: Record<string, string[]>, open: Record<string, string[]> }>}
 */
export async function listPhotographs(data) {
  const parts = { pool: emptyLists(CLASSES), test: emptyLists(CLASSES) };
  for (const name of await membersOf(path.join(data, KNOWN))) {
    const [, part, className] = IMAGENETTE.exec(name) ?? [];
    if (Object.hasOwn(parts.pool, className ?? '')) parts[part][className].push(name);
  }
  const open = emptyLists(Object.keys(OPEN));
  for (const [source, archive] of Object.entries(OPEN)) {
    const members = await membersOf(path.join(data, archive));
    open[source] = members.filter((name) => /\.(?:jpg|png)$/.test(name) && !TOO_ALIKE.includes(SAMPLE.exec(name)?.[1]));
  }
  return { known: parts.pool, test: parts.test, open };
}

/** Bytes of the images, each as it comes: { name, bytes }. @param {ReadonlySet<string>} wanted names of members */
export async function* readPhotographs(data, wanted) {
  for (const archive of [KNOWN, ...Object.values(OPEN)]) {
    const file = path.join(data, archive);
    for await (const { name, bytes } of streamTar(file, {
      maxBytes: MAX_IMAGE_BYTES,
      wanted: (each) => wanted.has(each),
    })) {
      if (bytes !== null) yield { name, bytes, where: `${file}: ${name}` };
    }
  }
}

async function membersOf(file) {
  const names = [];
  for await (const { name } of streamTar(file, { maxBytes: 0, wanted: () => false })) names.push(name);
  if (names.length === 0) throw new WinnowError('FORMAT_INVALID', 'The tar is empty', { where: file });
  return names.sort(compareText);
}

function emptyLists(names) {
  return Object.fromEntries(names.map((name) => [name, []]));
}
