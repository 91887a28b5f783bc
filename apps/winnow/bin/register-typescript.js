'use strict';
/**
 * Lets Node require this workspace's TypeScript: compiled once by SWC into node_modules/.cache/winnow, keyed by content.
 * Type checking is the job of `npm run typecheck`, not of this hook.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/winnow');
const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs', ignoreDynamic: false },
  sourceMaps: 'inline',
};
/** Part of every key: a new compiler or new options make a new cache. */
const KEY = JSON.stringify([require('@swc/core/package.json').version, OPTIONS]);

function compile(source, filename) {
  const digest = createHash('sha256').update(KEY).update(filename).update('\0').update(source).digest('hex');
  const cached = path.join(CACHE, digest.slice(0, 2), `${digest}.js`);
  try {
    return fs.readFileSync(cached, 'utf8');
  } catch {
    // Not compiled yet.
  }
  const { code } = require('@swc/core').transformSync(source, { ...OPTIONS, filename, swcrc: false });
  try {
    // Others may not write what is loaded from here, whatever the system has files made with.
    fs.mkdirSync(path.dirname(cached), { recursive: true, mode: 0o755 });
    const draft = `${cached}.${process.pid}`;
    fs.writeFileSync(draft, code, { mode: 0o644 });
    fs.renameSync(draft, cached);
  } catch {
    // A read-only installation works too, only slower.
  }
  return code;
}

Module._extensions['.ts'] = (module, filename) => {
  module._compile(compile(fs.readFileSync(filename, 'utf8'), filename), filename);
};
