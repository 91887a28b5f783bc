/** `@winnow/db/testing`: databases for specs. Nothing that ships imports it. */
export { databasesUnderTest } from './database-under-test';
export { keepDatabaseOpen } from './keep-database-open';
export { recordTestCrawl } from './record-test-crawl';
export { createTestDatabase } from './test-database';
export type { TestDatabase } from './test-database';
