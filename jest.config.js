module.exports = {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/bench'],
  testTimeout: 180_000,
  testSequencer: require.resolve('./tools/jest/slow-first.js'),
};
