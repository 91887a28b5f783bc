export type { Database, DatabaseHandle } from './database';
export { openDatabase, openProjectDatabase, withProjectDatabase } from './open-database';
export { databaseAccess } from './database-access';
export type { DatabaseAccess } from './database-access';
export { isConnectionTrouble } from './connection-trouble';
export { acquireLock, lockHolder } from './holder-lock';
export type { Holder } from './holder-lock';
export { waitForLock } from './wait-for-lock';
export { enterTrainings, listTrainings, preparingLock } from './trainings';
export { rescueDatabase } from './embedded/rescue-database';
export type { RescueResult } from './embedded/rescue-database';
export { isProjectKnown, projectOverview, projectStatus } from './repositories/project-status';
export type { GroupStatus, ProjectOverview, ProjectStatus } from './repositories/project-status';

export {
  beginCrawl,
  classProgress,
  crawlProgress,
  dueHosts,
  finishCrawl,
  lockCrawl,
  lockDecisions,
  readCrawl,
  readTarget,
  setFetchLimit,
  setTargets,
  settledUrls,
  shareDecisions,
  triedSince,
  unfinishedCrawls,
} from './repositories/crawl/crawl-rounds';
export type { ClassProgress } from './repositories/crawl/crawl-rounds';
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
} from './repositories/crawl/crawl-listing';
export type { CrawlPlan, ListedPage, Listing, ListingKey, PlannedQuery } from './repositories/crawl/crawl-listing';
export {
  clearEngineSuspension,
  engineSuspension,
  noteEngineResponse,
  readEngineHealth,
  suspendedEngines,
  suspendEngine,
} from './repositories/crawl/crawl-engines';
export type { EngineHealth } from './repositories/crawl/crawl-engines';
export {
  freeHosts,
  giveHostsBack,
  keepHosts,
  postponeHost,
  readHost,
  readTdm,
  saveRobots,
  saveTdm,
  suspendHost,
  takeHosts,
} from './repositories/crawl/crawl-hosts';
export type { HostLease, StoredRobots, StoredTdm } from './repositories/crawl/crawl-hosts';
export {
  beginTries,
  dueFetches,
  ensureFetches,
  recheckFetches,
  refetchOriginals,
  retryFailedFetches,
  withdrawTries,
} from './repositories/crawl/due-fetches';
export type { DueFetch } from './repositories/crawl/due-fetches';
export { recordFetches } from './repositories/crawl/fetch-records';
export type { FetchRecord } from './repositories/crawl/fetch-records';
export { skipKnownDuplicates } from './repositories/known-duplicates';
export { crawlCounts } from './repositories/crawl/crawl-counts';
export type { CountedOrigin, CrawlCounts, GroupCounts } from './repositories/crawl/crawl-counts';
export { crawlMonitor } from './repositories/crawl/crawl-monitor';
export type { CrawlMonitor } from './repositories/crawl/crawl-monitor';
export { listFetches } from './repositories/crawl/list-fetches';
export { fleetCounts, heartbeat, readWorkers, removeWorker } from './repositories/crawl/worker-records';
export { importedClasses, knownImports, recordImports } from './repositories/import-records';
export type { ImportedHit, ImportSourceKey, KnownImports } from './repositories/import-records';
export { hitId } from './repositories/insert-rows';
export type { FetchedImage, HitRow } from './repositories/insert-rows';
export { answersToForget, countForgottenDigests, forgetImages, forgottenFilter } from './repositories/forget';
export type { ForgetResult, ForgetTargets, ForgottenFilter } from './repositories/forget';
export {
  listOriginalDigests,
  listOriginalFiles,
  recordOriginals,
  recordRescuedListings,
  unknownAnswers,
  unknownOriginals,
  unlistedOriginals,
} from './repositories/stored-files';
export type { OriginalFile, RescuedListing } from './repositories/stored-files';

export { HEARTBEAT_MILLIS, JobQueue } from './jobs/job-queue';
export type { GivenUp, Job, JobCounts, JobKind, NewJob } from './jobs/job-kinds';

export {
  listFetchOutcomes,
  listImageListings,
  listListingsOf,
  listProjectImages,
  listUndecodedImages,
  saveImageFacts,
  storedDescriptors,
} from './repositories/build-images';
export type { ImageFacts, StoredImage } from './repositories/build-images';
export {
  findBuild,
  latestBuild,
  listBuilds,
  listExclusions,
  listSamples,
  markBuildUsed,
  buildsHolding,
  readSample,
  recordDuplicateMeasure,
  rescuedInputDigest,
  saveBuild,
} from './repositories/build-records';
export type { BuildRecord, ExclusionRow, SampleRow } from './repositories/build-records';
export { listConflicts } from './repositories/build-conflicts';
export type { ConflictRow } from './repositories/build-conflicts';
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
  readEmbeddings,
  renewEmbeddings,
  saveEmbeddings,
} from './repositories/embeddings';
export type { Embedding, ProjectEmbeddings } from './repositories/embeddings';
export {
  correctionsOf,
  findSplit,
  isSplitBehind,
  listSplits,
  listSplitSamples,
  pageSplitSamples,
  recordSplitQuality,
  saveSplit,
} from './repositories/split-records';
export type { SplitRecord, SplitRow } from './repositories/split-records';
export { listFinishedRuns, saveRun, updateRunSummary } from './repositories/run-records';
export type { RunRow } from './repositories/run-records';

export {
  decisionsSince,
  imagesByName,
  listDecisions,
  storeBatchStep,
  storeDecisions,
} from './repositories/decision-records';
export type { BatchStep, NewDecision } from './repositories/decision-records';
export { listMeasurePlans, measurePlanFor, saveMeasurePlan } from './repositories/measure-plans';
export type { MeasurePlanRecord } from './repositories/measure-plans';
export { addView, listViews, removeView, saveView } from './repositories/view-records';
export {
  absolveObject,
  claimStore,
  condemnObjects,
  countProjects,
  forgetRemovedObjects,
  hasOriginals,
  isAnyOriginalKnown,
  listCondemned,
  markStore,
  moveStore,
  readStoreRecord,
  removeCondemned,
} from './repositories/object-store';
export type { StoreRecord } from './repositories/object-store';
