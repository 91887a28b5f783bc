'use strict';
/** Gives every project a target `test` that Nx keeps by what its specs read. */
const path = require('node:path');

const withoutSpecs = (pattern) => [`{workspaceRoot}/${pattern}`, `!{workspaceRoot}/${pattern}.spec.ts`];
const PROGRAMS = withoutSpecs('apps/*/src/**/*');
/** What specs start or open that no import leads to. */
const UNSEEN = {
  studio: PROGRAMS,
  'studio-page': PROGRAMS,
  trainer: PROGRAMS,
  winnow: [...PROGRAMS, ...withoutSpecs('libs/*/src/**/*')],
  bench: [...PROGRAMS, '{workspaceRoot}/docs/**/*'],
};

exports.createNodesV2 = [
  '{apps/*,libs/*,bench}/tsconfig.json',
  (files) =>
    files.map((file) => {
      const root = path.posix.dirname(file);
      const test = {
        executor: './tools/nx:jest',
        cache: true,
        inputs: ['default', '^production', 'testTools', ...(UNSEEN[path.posix.basename(root)] ?? [])],
        outputs: ['{workspaceRoot}/dist/test-results/{projectName}.json'],
      };
      return [file, { projects: { [root]: { targets: { test } } } }];
    }),
];
