export type { Database, DatabaseHandle } from './database';
export { databasesUnderTest } from './database-under-test';
export type { DatabaseUnderTest } from './database-under-test';
export { acquireLock } from './holder-lock';
export { openDatabase } from './open-database';
export type { OpenDatabaseOptions } from './open-database';
export { createTestDatabase } from './test-database';
export type { TestDatabase } from './test-database';
export { listProjectImages, listUndecodedImages, saveImageFacts } from './repositories/build-images';
export type { ImageFacts, StoredImage } from './repositories/build-images';
export {
  findBuild,
  latestBuild,
  listExclusions,
  listSamples,
  markBuildUsed,
  recordDuplicateMeasure,
  saveBuild,
} from './repositories/build-records';
export type { BuildRecord, ExclusionRow, SampleRow } from './repositories/build-records';
export { projectStatus } from './repositories/project-status';
export type { ProjectStatus } from './repositories/project-status';
export { listFinishedRuns, saveRun, updateRunSummary } from './repositories/run-records';
export type { RunRow } from './repositories/run-records';
export { findSplit, latestSplit, listSplitSamples, recordSplitQuality, saveSplit } from './repositories/split-records';
export type { SplitRecord, SplitRow } from './repositories/split-records';
export { crawlCounts } from './repositories/crawl-counts';
export type { CrawlCounts, GroupCounts } from './repositories/crawl-counts';
export { clearEngineSuspension, noteEngineAnswer, readEngineHealth, suspendEngine } from './repositories/crawl-engines';
export type { EngineHealth } from './repositories/crawl-engines';
export { dueFetches, ensureFetches, recordFetches, retryFailedFetches } from './repositories/crawl-fetches';
export type { DueFetch, FetchedImage, FetchRecord } from './repositories/crawl-fetches';
export { readHost, readSuspendedHosts, saveRobots, suspendHost } from './repositories/crawl-hosts';
export type { HostRecord, StoredRobots } from './repositories/crawl-hosts';
export {
  blockListing,
  commitListedPage,
  countListedUrls,
  ensureCrawlPlan,
  listedUrls,
  readListings,
  reopenListings,
} from './repositories/crawl-listing';
export type {
  CrawlPlan,
  HitRow,
  Listing,
  ListedPage,
  ListingKey,
  ListingState,
  PlannedQuery,
} from './repositories/crawl-listing';
