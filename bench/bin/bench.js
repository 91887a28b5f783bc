#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
// `npm run bench` starts in the clone; the paths of a person start where the person is.
const { INIT_CWD, npm_lifecycle_event: script } = process.env;
if (script === 'bench' && INIT_CWD) process.chdir(INIT_CWD);
process.setSourceMapsEnabled(true);
require('../../apps/winnow/bin/register-typescript.js');
const { scriptNamed } = require('../src/benchmarks.ts');

const file = scriptNamed(process.argv[2]);
const isHelp = process.argv.includes('--help');
if (file === undefined) require('../src/main.ts').main(process).then(end, fail);
else if (isHelp) process.stdout.write(usageOf(file));
else {
  process.argv.splice(1, 2, file);
  import(pathToFileURL(file).href).catch(fail);
}

function end(exitCode) {
  process.exitCode = exitCode;
}

function fail(error) {
  process.stderr.write(`error: ${process.env.WINNOW_DEBUG ? error.stack : error.message}\n`);
  process.exitCode = 1;
}

/** A script says at its head how it is used. */
function usageOf(file) {
  const [, text] = /\/\*\*\n([^]*?) \*\//.exec(readFileSync(file, 'utf8'));
  return text.replace(/^ \* ?/gm, '');
}
