import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireTypeScript } from '../../fuzz/require-typescript.mjs';

const { deepZeroPng } = requireTypeScript('libs/imaging/src/spec-support/hostile-images.ts');

/** Allowed images of a megabyte, each of which takes 800 MB while it is decoded. */
export default {
  finding: 'A10',
  what: 'import of six interlaced PNGs of 100 megapixels and 16 bits',
  async run({ folder, winnow }) {
    writeFileSync(
      path.join(folder, 'project.json'),
      JSON.stringify({ name: 'attack', classes: [{ name: 'thing' }, { name: 'other' }] }),
    );
    // The first start of the embedded database takes far more memory than a later one.
    for (const [name, images] of [
      ['warm', [deepZeroPng(64, false)]],
      ['hostile', Array.from({ length: 6 }, (_, index) => deepZeroPng(10_000 - index, true))],
    ]) {
      mkdirSync(path.join(folder, name, 'thing'), { recursive: true });
      images.forEach((image, index) => writeFileSync(path.join(folder, name, 'thing', `${index}.png`), image));
    }
    await winnow(['import', 'project.json', 'warm']);
    const measured = await winnow(['import', 'project.json', 'hostile', '--json'], {
      timeoutSeconds: 300,
    });
    return [{ ...measured, outcome: importedOf(measured) }];
  },
};

function importedOf({ stdout }) {
  try {
    const { added, error } = JSON.parse(stdout);
    return error?.message ?? `${added} imported`;
  } catch {
    return 'no result';
  }
}
