const path = require('node:path');

/** None that a spec replaces (Date, timers), nor any that packages name a constant after (Buffer, URL). */
const FREQUENT_GLOBALS = [
  ...['Array', 'Error', 'Infinity', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Set', 'String'],
  ...['Float32Array', 'Float64Array', 'Int32Array', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray'],
];

/** As Node runs them, with a source map of its own: at the end of the code it would be read again by every spec. */
const compiled = (more) => [
  '@swc/jest',
  { jsc: { target: 'es2022', ...more }, module: { type: 'commonjs' }, sourceMaps: true },
];

/** One set-up for all projects of the workspace: jest would compile and look up every file anew for each of its own projects. */
module.exports = {
  roots: ['libs', 'apps', 'bench'].map((folder) => path.join(__dirname, folder)),
  // Not where temporary files go, which may not outlive a run.
  cacheDirectory: path.join(__dirname, 'node_modules/.cache/jest'),
  testTimeout: 180_000,
  testSequencer: require.resolve('./tools/jest/slow-first.js'),
  testEnvironment: require.resolve('./tools/jest/environment.js'),
  setupFiles: [require.resolve('./tools/jest/empty-database.js')],
  // A module of a test looks these up as its own variables: through the global object of its sandbox each costs as much as
  // a call, in every loop of ours and of our packages.
  sandboxInjectedGlobals: FREQUENT_GLOBALS,
  testMatch: ['**/src/**/*.spec.ts'],
  transform: {
    '^.+\\.[tj]s$': compiled({ parser: { syntax: 'typescript' } }),
    '^.+\\.tsx$': compiled({
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
    }),
  },
  // These come as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(?:hyparquet|hyparquet-writer|fast-bmp|iobuffer|parse5|entities)/)'],
};
