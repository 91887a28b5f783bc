'use strict';
/**
 * For programs that specs start (`node -r`), after other hooks on PGlite: its databases as in specs. With
 * WINNOW_KEEP_DATABASES=1 one that command after command opens and closes in such a process is started once.
 */
const Module = require('node:module');
const path = require('node:path');
const { NAME, copyingPGlite } = require('./copying-pglite.js');

const fromRoot = Module.createRequire(path.resolve(__dirname, '../../package.json'));
const load = Module._load;
let copying;
Module._load = function (id, ...rest) {
  if (id !== NAME) return load.call(this, id, ...rest);
  if (copying === undefined) {
    const actual = load.call(this, id, ...rest);
    copying = copyingPGlite(
      (name) => (name === NAME ? actual : fromRoot(name)),
      process.env.WINNOW_KEEP_DATABASES === '1',
    );
  }
  return copying;
};
