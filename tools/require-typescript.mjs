import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const require = createRequire(path.join(ROOT, 'package.json'));

/** Loads a module of this workspace by its path from the root, or a project of it by its name, such as `@winnow/shards`. */
export function requireTypeScript(file) {
  require('./apps/winnow/bin/register-typescript.js');
  return require(file.startsWith('@') ? file : `./${file}`);
}
