'use strict';
/** A process of its own, so it sets up its own way to load TypeScript, as a thread's start does. */
const path = require('node:path');

const WORKSPACE = path.resolve(__dirname, '../../../..');
require(path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js'));
require('./decoding-process.ts');
