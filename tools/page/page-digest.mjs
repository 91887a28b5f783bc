import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Both relative to ROOT. */
export const PAGE_SOURCES = 'apps/studio-page';
export const PAGE_FOLDER = 'dist/studio-page';

/** Of what runs in workers of the page. */
const LIBRARY_SOURCES = ['contracts', 'models', 'random', 'tensor', 'training'].map((name) => `libs/${name}/src`);
const BUILDERS = ['tools/build-page.mjs', 'tools/page/page-digest.mjs', 'tools/page/third-party.mjs'];

/** @returns {string} of everything that the built page depends on: hex */
export function pageDigest() {
  const sources = [PAGE_SOURCES, ...LIBRARY_SOURCES]
    .flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => !/\.spec\.ts$|\/spec-support\/|\/goldens\/|\.md$/.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of [...sources, ...BUILDERS, 'package-lock.json']) {
    hash.update(`${name}\0`).update(
      createHash('sha256')
        .update(readFileSync(path.join(ROOT, name)))
        .digest(),
    );
  }
  return hash.digest('hex');
}

/** Whether dist/studio-page is what these sources give. */
export function isPageBuilt() {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, PAGE_FOLDER, 'files.json'), 'utf8')).source === pageDigest();
  } catch {
    return false;
  }
}
