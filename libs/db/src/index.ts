export type { Database, DatabaseHandle } from './database';
export { databaseAccess } from './database-access';
export type { DatabaseAccess } from './database-access';
export { acquireLock, lockHolder } from './holder-lock';
export { openDatabase, openProjectDatabase } from './open-database';
export { rescueDatabase } from './rescue-database';
export type { RescueResult } from './rescue-database';
export { listFetchOutcomes } from './repositories/build-fetch-outcomes';
export { listProjectImages, listUndecodedImages, saveImageFacts } from './repositories/build-images';
export type { ImageFacts, StoredImage } from './repositories/build-images';
export {
  findBuild,
  latestBuild,
  listExclusions,
  listSamples,
  listBuilds,
  markBuildUsed,
  recordDuplicateMeasure,
  rescuedInputDigest,
  saveBuild,
} from './repositories/build-records';
export type { BuildRecord, ExclusionRow, SampleRow } from './repositories/build-records';
export {
  countExclusions,
  listBuildIds,
  listBuildUses,
  listWholeBuildIds,
  removeBuild,
  resolveBuildId,
} from './repositories/build-uses';
export type { BuildUse } from './repositories/build-uses';
export {
  countUndecoded,
  missingEmbeddings,
  projectEmbeddings,
  renewEmbeddings,
  saveEmbeddings,
} from './repositories/embeddings';
export type { Embedding, ProjectEmbeddings } from './repositories/embeddings';
export { answersToForget, forgetPictures } from './repositories/forget';
export type { ForgetResult, ForgetTargets } from './repositories/forget';
export { forgottenFilter } from './repositories/forgotten-filter';
export type { ForgottenFilter } from './repositories/forgotten-filter';
export { recordOriginals, recordRescuedListings, unlistedOriginals } from './repositories/rescued-originals';
export type { RescuedListing } from './repositories/rescued-originals';
export { isProjectKnown } from './repositories/is-project-known';
export { skipKnownDuplicates } from './repositories/known-duplicates';
export { projectStatus } from './repositories/project-status';
export type { GroupStatus, ProjectStatus } from './repositories/project-status';
export { refetchOriginals } from './repositories/refetch-originals';
export { listFinishedRuns, saveRun, updateRunSummary } from './repositories/run-records';
export type { RunRow } from './repositories/run-records';
export { listOriginalFiles, unknownAnswers, unknownOriginals } from './repositories/stored-files';
export type { OriginalFile } from './repositories/stored-files';
export { findSplit, listSplits, listSplitSamples, recordSplitQuality, saveSplit } from './repositories/split-records';
export type { SplitRecord, SplitRow } from './repositories/split-records';
export { crawlCounts } from './repositories/crawl-counts';
export type { CountedOrigin, CrawlCounts, GroupCounts } from './repositories/crawl-counts';
export {
  clearEngineSuspension,
  engineSuspension,
  noteEngineAnswer,
  readEngineHealth,
  suspendedEngines,
  suspendEngine,
} from './repositories/crawl-engines';
export type { EngineHealth } from './repositories/crawl-engines';
export {
  dueFetches,
  ensureFetches,
  recheckFetches,
  recordFetches,
  retryFailedFetches,
} from './repositories/crawl-fetches';
export type { DueFetch, FetchRecord } from './repositories/crawl-fetches';
export { beginTries, withdrawTries } from './repositories/unfinished-tries';
export { importedClasses, knownImports, recordImports } from './repositories/import-records';
export type { ImportedHit, ImportSourceKey } from './repositories/import-records';
export { hitId } from './repositories/insert-hits';
export type { FetchedImage } from './repositories/insert-images';
export { HEARTBEAT_MILLIS, JobQueue } from './jobs/job-queue';
export type { GivenUp, Job, JobCounts, JobKind, NewJob } from './jobs/job-kinds';
export {
  beginCrawl,
  classProgress,
  crawlProgress,
  dueHosts,
  finishCrawl,
  lockCrawl,
  readCrawl,
  readTarget,
  setFetchLimit,
  setTargets,
  triedSince,
  unfinishedCrawls,
} from './repositories/crawl-rounds';
export type { ClassProgress } from './repositories/crawl-rounds';
export { freeHosts, giveHostsBack, keepHosts, postponeHost, takeHosts } from './repositories/host-leases';
export type { HostLease } from './repositories/host-leases';
export { heartbeat, readWorkers, removeWorker } from './repositories/worker-records';
export { readHost, readTdm, saveRobots, saveTdm, suspendHost } from './repositories/crawl-hosts';
export type { StoredRobots, StoredTdm } from './repositories/crawl-hosts';
export {
  blockListing,
  classesAskedAgain,
  commitListedPage,
  countListedUrls,
  ensureCrawlPlan,
  listedUrls,
  readListings,
  relistQueries,
  reopenListings,
} from './repositories/crawl-listing';
export type { HitRow } from './repositories/insert-hits';
export type { CrawlPlan, Listing, ListedPage, ListingKey, PlannedQuery } from './repositories/crawl-listing';
