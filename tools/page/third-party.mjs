import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './page-digest.mjs';

/**
 * Names and licences of what is bundled.
 * @param {readonly { moduleIds: readonly string[] }[]} chunks of the bundler
 * @returns {string} one section a package, sorted by name
 * @throws Error for a package without a licence file
 */
export function thirdParty(chunks) {
  const folders = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.map(packageFolder)).filter(Boolean));
  const sections = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return { title: `${name} ${version} (${license})`, text: licenceText(folder, { name, license }) };
  });
  const rule = '='.repeat(100);
  return sections
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n\n${text.trim()}\n`)
    .join(`\n${rule}\n`);
}

/** The folder of the npm package that a module belongs to; undefined: our own, or the bundler's. */
function packageFolder(moduleId) {
  const file = moduleId.replace(/^\0/, '').replace(/\?.*$/, '');
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return folder !== undefined && existsSync(path.join(folder, 'package.json')) ? folder : undefined;
}

function licenceText(folder, { name, license }) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  // Packages of TensorFlow.js name their licence and hold no copy of it; ours is the same.
  if (file === undefined && license === 'Apache-2.0') return readFileSync(path.join(ROOT, 'LICENSE'), 'utf8');
  if (file === undefined) throw new Error(`${name} is bundled and has no licence file.`);
  return readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
}
