'use strict';
/**
 * Stands in for register-typescript.js in the npm package, where everything is compiled already: `x.ts` means `x.js`
 * there, and `@winnow/x` is a folder of this package.
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../../..');
/** Of which only the part that is used comes with winnow: its own install script fetches what nothing here needs. */
const VENDORED = '@tensorflow/tfjs-node-gpu';

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolveCompiled(request, parent, ...rest) {
  return resolveFilename.call(this, compiledRequest(request, parent), parent, ...rest);
};

function compiledRequest(request, parent) {
  if (request.startsWith('@winnow/')) return projectIndex(request.slice('@winnow/'.length)) ?? request;
  if (request === VENDORED || request.startsWith(`${VENDORED}/`)) return path.join(ROOT, 'vendor', request);
  if (!request.endsWith('.ts')) return request;
  const file = path.resolve(path.dirname(parent?.filename ?? process.cwd()), request);
  if (!file.startsWith(ROOT + path.sep)) return request;
  const name = file.slice(0, -'.ts'.length);
  // Where the start of a thread, x.js, stands beside the code of the thread, x.ts.
  const beside = `${name}.compiled.js`;
  return fs.existsSync(beside) ? beside : `${name}.js`;
}

function projectIndex(name) {
  const candidates = ['apps', 'libs'].map((kind) => path.join(ROOT, kind, name, 'src/index.js'));
  return candidates.find((file) => fs.existsSync(file));
}
