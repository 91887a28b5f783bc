module.exports = { projects: ['<rootDir>/libs/*', '<rootDir>/apps/*'], testTimeout: 60_000 };
