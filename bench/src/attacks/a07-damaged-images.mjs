import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { firstLine, flipBit, originalOf, requireDone, writeImages, writeProject } from './damage.mjs';

/** Another image in the place of an original, flipped bits of an original and of a shard. */
export default {
  finding: 'A7, A8, A15',
  what: 'damaged originals and shards',
  async run({ folder, winnow }) {
    const files = writeImages(path.join(folder, 'images'));
    const [first, second, third] = files;
    const project = writeProject(folder, 'build: { size: 24 }');
    const importAgain = () => winnow(['import', project, 'images', '--json']);
    requireDone(await importAgain(), 'import');
    requireDone(await winnow(['build', project]), 'build');
    const rows = [];
    const tell = (of, measured, outcome = firstLine(measured)) => rows.push({ ...measured, of, outcome });

    copyFileSync(second, originalOf(folder, first));
    writeProject(folder, 'build: { size: 16 }');
    tell('another image in the place of an original, then a build of another size', await winnow(['build', project]));
    const restored = ({ stdout }) => `restored ${JSON.parse(stdout).restored}`;
    const swapped = await importAgain();
    tell('import again over another image', swapped, restored(swapped));
    flipBit(originalOf(folder, third));
    const flipped = await importAgain();
    tell('import again over a flipped bit', flipped, restored(flipped));
    // Where the one before does not heal them.
    for (const file of [first, third]) copyFileSync(file, originalOf(folder, file));

    writeProject(folder, 'build: { size: 24 }');
    requireDone(await winnow(['build', project]), 'build');
    const builds = path.join(folder, '.winnow/builds');
    for (const name of readdirSync(builds)) flipBit(path.join(builds, name, 'train-000000.tar'));
    tell('a build again over a shard with a flipped bit', await winnow(['build', project]));
    tell('verify afterwards', await winnow(['verify', project]));
    return rows;
  },
};
