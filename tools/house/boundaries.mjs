import path from 'node:path';
import { isSpecCode } from './project-sizes.mjs';

/** Packages that exactly one project may import, with all that begins with their name and a slash. */
const OWNED_PACKAGES = {
  imaging: ['sharp'],
  db: ['pg', 'drizzle-orm', '@electric-sql', 'pg-boss'],
  tensor: ['@tensorflow'],
  crawler: ['@crawlee', 'playwright'],
  winnow: ['commander'],
  studio: ['fastify'],
  'studio-page': ['react', 'react-dom', '@tanstack', 'uplot'],
};
const OWNERS = Object.entries(OWNED_PACKAGES).flatMap(([owner, names]) => names.map((name) => [name, owner]));
/** Edits images as others would, without our own code, and opens pages of the studio. */
const ALLOWED_BESIDE = { bench: ['sharp', 'playwright'] };

/** What a project may import of another one, by tags of both: each returns what is wrong. */
const RULES = [
  (from, to) =>
    layerOf(to) >= layerOf(from) && `${to.name} is in layer ${layerOf(to)} and ${from.name} in ${layerOf(from)}`,
  (from, to) => has(from, 'scope:data') && !has(to, 'scope:data', 'scope:shared') && `${to.name} is no code for data`,
  (from, to) =>
    has(from, 'scope:learning') &&
    !has(to, 'scope:learning', 'scope:shared', 'name:shards') &&
    `${to.name} is no code for learning`,
  (from, to) =>
    has(from, 'type:lib', 'type:app') && has(to, 'type:testing', 'type:app') && `${to.name} is not to be imported`,
];

const has = ({ tags }, ...wanted) => wanted.some((tag) => tags.includes(tag));
const layerOf = ({ tags }) => Number(/(?<=^layer:)\d+$/m.exec(tags.join('\n'))?.[0]);

/**
 * Imports that are against the order of projects (docs/architecture.md), type-only and dynamic ones included; specs and what
 * they share may import anything.
 * @param {ReadonlyMap<string, readonly string[]>} imports what each file imports, as it says it
 * @param {ReadonlyMap<string, readonly string[]>} tags of each project, by folder
 * @returns {string[]} `file: what it imports (why not)`
 */
export function findForbiddenImports(imports, tags) {
  const projects = [...tags].map(([folder, own]) => ({ folder, name: path.basename(folder), tags: own }));
  const untagged = projects.filter((project) => Number.isNaN(layerOf(project)));
  const found = [...imports]
    .filter(([file]) => !isSpecCode(file))
    .flatMap(([file, specifiers]) => {
      const from = projects.find(({ folder }) => file.startsWith(`${folder}/`));
      return specifiers.flatMap((specifier) => {
        const reason = reasonAgainst(specifier, { file, from, projects });
        return reason ? [`${file}: ${specifier} (${reason})`] : [];
      });
    });
  return [...untagged.map(({ folder }) => `${folder}: no tag says its layer`), ...found];
}

function reasonAgainst(specifier, { file, from, projects }) {
  if (/^[./]/.test(specifier)) {
    const target = path.join(path.dirname(file), specifier);
    return (specifier.startsWith('/') || !`${target}/`.startsWith(`${from.folder}/`)) && 'a path out of the project';
  }
  const [, name] = /^@winnow\/([^/]+)/.exec(specifier) ?? [];
  if (name === undefined) return reasonAgainstPackage(specifier, from.name);
  const to = projects.find((project) => project.name === name);
  if (to === undefined) return 'no such project';
  if (to === from) return 'its own project, by a path';
  return RULES.map((rule) => rule(from, to)).find(Boolean);
}

function reasonAgainstPackage(specifier, project) {
  const isOf = (name) => specifier === name || specifier.startsWith(`${name}/`);
  const [name, owner] = OWNERS.find(([owned]) => isOf(owned)) ?? [];
  if (owner === undefined || owner === project || ALLOWED_BESIDE[project]?.includes(name)) return undefined;
  return `only ${owner} imports it`;
}
