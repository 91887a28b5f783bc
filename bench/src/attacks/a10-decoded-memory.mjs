import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const { deepZeroPng, longTextsPng, smallScreenGif } = requireTypeScript(
  'libs/imaging/src/spec-support/hostile-images.ts',
);

/** Small files that take much more while they are decoded; by name and file extension. */
const FOLDERS = [
  ['six interlaced PNGs of 100 megapixels and 16 bits', 'png', () => six((index) => deepZeroPng(10_000 - index, true))],
  [
    '24 GIFs of 98 megapixels on small screens',
    'gif',
    () => Array.from({ length: 24 }, (_, index) => smallScreenGif(9900 - index)),
  ],
  ['six PNGs with 200 texts of 8 MB', 'png', () => six((index) => longTextsPng('zTXt', 200 + index))],
];

/** Allowed images of a megabyte and less, each of which takes hundreds while it is decoded. */
export default {
  finding: 'A10',
  what: 'import of small files of large images',
  async run({ folder, winnow }) {
    writeFileSync(
      path.join(folder, 'project.json'),
      JSON.stringify({ name: 'attack', classes: [{ name: 'thing' }, { name: 'other' }] }),
    );
    // The first start of the embedded database takes far more memory than a later one.
    writeImages(path.join(folder, 'warm'), 'png', [deepZeroPng(64, false)]);
    await winnow(['import', 'project.json', 'warm']);
    const rows = [];
    for (const [index, [what, extension, make]] of FOLDERS.entries()) {
      writeImages(path.join(folder, `hostile-${index}`), extension, make());
      const measured = await winnow(['import', 'project.json', `hostile-${index}`, '--json'], { timeoutSeconds: 300 });
      rows.push({ of: `import of ${what}`, ...measured, outcome: importedOf(measured) });
    }
    return rows;
  },
};

function six(make) {
  return Array.from({ length: 6 }, (_, index) => make(index));
}

function writeImages(folder, extension, images) {
  mkdirSync(path.join(folder, 'thing'), { recursive: true });
  images.forEach((image, index) => writeFileSync(path.join(folder, 'thing', `${index}.${extension}`), image));
}

function importedOf({ stdout }) {
  try {
    const { added, error } = JSON.parse(stdout);
    return error?.message ?? `${added} imported`;
  } catch {
    return 'no result';
  }
}
