/** One jest set-up for every project. @param {string} projectDir absolute folder of the project */
module.exports = (projectDir) => ({
  rootDir: projectDir,
  displayName: require('node:path').basename(projectDir),
  testEnvironment: require.resolve('./tools/jest/environment.js'),
  setupFiles: [require.resolve('./tools/jest/empty-database.js')],
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
  transformIgnorePatterns: [
    '/node_modules/(?!(?:hyparquet|hyparquet-writer|fast-bmp|iobuffer|parse5|entities|cookie)/)',
  ],
});
