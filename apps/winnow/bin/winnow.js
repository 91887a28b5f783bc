#!/usr/bin/env node
'use strict';
const { realpathSync } = require('node:fs');
const path = require('node:path');
const { setFlagsFromString } = require('node:v8');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `winnow needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and try again.\n`,
  );
  process.exit(1);
}
// `npm run winnow` starts in the clone; the paths of a person start where the person is.
const { INIT_CWD, npm_lifecycle_event: script, npm_package_name: name, npm_package_json: manifest } = process.env;
// npm names the clone by the path that was taken to it, links included; the current folder has none.
const isRunByNpm =
  script === 'winnow' && name === 'winnow-workspace' && realFolder(path.dirname(manifest ?? '')) === process.cwd();
if (isRunByNpm && INIT_CWD) process.chdir(INIT_CWD);
process.setSourceMapsEnabled(true);
// The start of the embedded database calls thousands of functions of WebAssembly a few times: V8 would compile each a second time, for a
// third of a short command's processor time (Node 20). What runs through this many bytes still is.
setFlagsFromString('--wasm-tiering-budget=200000000');
// Whoever reads our output may stop early, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
require('./register-typescript.js');
const { crashText, main } = require('../src/main.ts');

// Node's own parts may fail on the side, such as its HTTP parser where WebAssembly gets no memory.
process.on('uncaughtException', (error) => {
  process.stderr.write(crashText(error));
  process.exit(1);
});

main(process).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  },
);

function realFolder(folder) {
  try {
    return realpathSync(folder);
  } catch {
    return null;
  }
}
