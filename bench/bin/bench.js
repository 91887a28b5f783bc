#!/usr/bin/env node
'use strict';
// `npm run bench` starts in the clone; the paths of a person start where the person is.
const { INIT_CWD, npm_lifecycle_event: script } = process.env;
if (script === 'bench' && INIT_CWD) process.chdir(INIT_CWD);
process.setSourceMapsEnabled(true);
require('../../apps/winnow/bin/register-typescript.js');
require('../src/main.ts')
  .main(process)
  .then((exitCode) => (process.exitCode = exitCode));
