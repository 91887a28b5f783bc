/** None that a spec replaces (Date, timers), nor any that packages name a constant after (Buffer, URL). */
const FREQUENT_GLOBALS = [
  ...['Array', 'Error', 'Infinity', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Set', 'String'],
  ...['Float32Array', 'Float64Array', 'Int32Array', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray'],
];

/** One jest set-up for every project. @param {string} projectDir absolute folder of the project */
module.exports = (projectDir) => ({
  rootDir: projectDir,
  // Not where temporary files go, which may not outlive a run.
  cacheDirectory: require('node:path').join(__dirname, 'node_modules/.cache/jest'),
  displayName: require('node:path').basename(projectDir),
  testEnvironment: require.resolve('./tools/jest/environment.js'),
  setupFiles: [require.resolve('./tools/jest/empty-database.js')],
  // A module of a test looks these up as its own variables: through the global object of its sandbox each costs as much as
  // a call, in every loop of ours and of our packages.
  sandboxInjectedGlobals: FREQUENT_GLOBALS,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          target: 'es2022',
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // These come as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(?:hyparquet|hyparquet-writer|fast-bmp|iobuffer|parse5|entities)/)'],
});
