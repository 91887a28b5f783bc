import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { transformSync } from '@swc/core';

/** As apps/winnow/bin/register-typescript.js compiles. */
const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs', ignoreDynamic: false },
  swcrc: false,
};
/** Files that the compiled code loads; SWC writes every import as `require("...")`. */
const REQUIRED = /\brequire\(\s*["']([^"'\n]+)["']\s*\)/g;

/**
 * Compiles what the entries load, directly or not, and copies plain JavaScript and JSON.
 * @param {{ root: string, target: string, entries: readonly string[], projects: ReadonlyMap<string, string> }} job
 *   entries: files relative to root; projects: file of each workspace package, and of each part that one exports
 *   (`@winnow/models/half-floats`), relative to root, by name
 * @returns {Set<string>} the npm packages that they load
 * @throws Error for an import that leads nowhere
 */
export function compileReachable({ root, target, entries, projects }) {
  const packages = new Set();
  const seen = new Set(entries);
  const queue = [...entries];
  for (const file of queue) {
    const code = compile(root, file);
    write(path.join(target, compiledName(root, file)), code);
    if (file.endsWith('.json')) continue;
    for (const [, request] of code.matchAll(REQUIRED)) {
      const found = resolveRequest(root, file, { request, projects });
      if (found.package !== undefined) packages.add(found.package);
      if (found.file === undefined || seen.has(found.file)) continue;
      seen.add(found.file);
      queue.push(found.file);
    }
  }
  return packages;
}

/** A thread's start, x.js, has its code beside it, in x.ts: that becomes x.compiled.js, as compiled-hook.js expects. */
function compiledName(root, file) {
  if (!file.endsWith('.ts')) return file;
  const name = file.replace(/\.ts$/, '.js');
  return isFile(path.join(root, name)) ? file.replace(/\.ts$/, '.compiled.js') : name;
}

function compile(root, file) {
  const source = readFileSync(path.join(root, file), 'utf8');
  return file.endsWith('.ts') ? transformSync(source, { ...OPTIONS, filename: file }).code : source;
}

function resolveRequest(root, file, { request, projects }) {
  if (isBuiltin(request)) return {};
  if (projects.has(request)) return { file: projects.get(request) };
  if (!request.startsWith('.')) {
    return { package: request.split('/', request.startsWith('@') ? 2 : 1).join('/') };
  }
  const base = path.posix.join(path.posix.dirname(file), request);
  const found = [base, `${base}.ts`, `${base}.js`, `${base}/index.ts`].find((name) => isFile(path.join(root, name)));
  if (found === undefined) throw new Error(`${file} loads ${request}, which is not there`);
  return { file: found };
}

function isFile(file) {
  return existsSync(file) && statSync(file).isFile();
}

function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
