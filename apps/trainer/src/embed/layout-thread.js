'use strict';
/**
 * A worker thread starts without the main thread's hooks, so it sets up its own way to load TypeScript: the hook of
 * bin/winnow.js, a file of the workspace that no project's graph names.
 */
const path = require('node:path');

const WORKSPACE = path.resolve(__dirname, '../../../..');
require(path.join(WORKSPACE, 'apps/winnow/bin/register-typescript.js'));
require('./layout-thread.ts');
