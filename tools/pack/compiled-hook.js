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
  if (request.startsWith('@winnow/')) return projectFile(request.slice('@winnow/'.length)) ?? request;
  if (request === VENDORED || request.startsWith(`${VENDORED}/`)) return path.join(ROOT, 'vendor', request);
  if (!request.endsWith('.ts')) return request;
  const file = path.resolve(path.dirname(parent?.filename ?? process.cwd()), request);
  if (!file.startsWith(ROOT + path.sep)) return request;
  const name = file.slice(0, -'.ts'.length);
  // Where the start of a thread, x.js, stands beside the code of the thread, x.ts.
  const beside = `${name}.compiled.js`;
  return fs.existsSync(beside) ? beside : `${name}.js`;
}

/** `models`, or a part that it exports: `models/half-floats`. */
function projectFile(name) {
  const [project, ...parts] = name.split('/');
  const folder = ['apps', 'libs']
    .map((kind) => path.join(ROOT, kind, project))
    .find((candidate) => fs.existsSync(path.join(candidate, 'package.json')));
  if (folder === undefined) return undefined;
  if (parts.length === 0) return path.join(folder, 'src/index.js');
  const { exports = {} } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = exports[`./${parts.join('/')}`];
  return file === undefined ? undefined : path.join(folder, file);
}
