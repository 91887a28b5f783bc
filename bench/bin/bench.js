#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
// `npm run bench` starts in the clone; the paths of a person start where the person is.
const { INIT_CWD, npm_lifecycle_event: script } = process.env;
if (script === 'bench' && INIT_CWD) process.chdir(INIT_CWD);
process.setSourceMapsEnabled(true);
// Whoever reads our output may stop early, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
start().catch((error) => {
  process.stderr.write(`error: ${process.env.WINNOW_DEBUG ? error.stack : error.message}\n`);
  process.exitCode = 1;
});

async function start() {
  const { ensureDependencies } = await import('../../tools/ensure-dependencies.mjs');
  ensureDependencies();
  require('../../apps/winnow/bin/register-typescript.js');
  const { scriptNamed } = require('../src/benchmarks.ts');
  const at = process.argv.findIndex((text, index) => index > 1 && !text.startsWith('-'));
  const file = scriptNamed(process.argv[at]);
  if (file === undefined) process.exitCode = await require('../src/main.ts').main(process);
  else if (process.argv.includes('--help')) process.stdout.write(usageOf(file));
  else {
    process.argv[1] = file;
    process.argv.splice(at, 1);
    await import(pathToFileURL(file).href);
  }
}

/** A script says at its head how it is used. */
function usageOf(file) {
  const [, text] = /\/\*\*\n([^]*?) \*\//.exec(readFileSync(file, 'utf8'));
  return text.replace(/^ \* ?/gm, '');
}
