export type { Database, DatabaseHandle } from './database';
export { databasesUnderTest } from './database-under-test';
export type { DatabaseUnderTest } from './database-under-test';
export { openDatabase } from './open-database';
export type { OpenDatabaseOptions } from './open-database';
export { createTestDatabase } from './test-database';
export type { TestDatabase } from './test-database';
