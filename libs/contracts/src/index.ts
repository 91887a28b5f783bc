export { requireUninterrupted, withProgress } from './command';
export type {
  ArgumentSpec,
  CommandInput,
  CommandIo,
  CommandResult,
  CommandSpec,
  JsonValue,
  OptionSpec,
  ProgressSink,
  ProgressTask,
} from './command';
export { compareText } from './compare-text';
export { RESIZE_POLICIES, resizePolicySchema } from './resize-policy';
export type { ResizePolicy } from './resize-policy';
export { SQUARE_POLICIES, squareAsLearnt } from './square-policy';
export type { SquarePolicy } from './square-policy';
export {
  bundleManifestSchema,
  EXPORT_FORMATS,
  EXPORT_PRECISIONS,
  exportManifestSchema,
} from './records/export-manifest';
export type { BundleManifest, ExportFormat, ExportManifest, ExportPrecision } from './records/export-manifest';
export { forEachAtOnce } from './for-each-at-once';
export { firstRepeat } from './first-repeat';
export type { EngineHit, Hit } from './records/hit';
export type { ImageList, ImageSet, ImageSource, ImageLocation, PixelStore, StoredImages } from './image-set';
export { settingsOfRoles } from './identity-roles';
export type { IdentityRoles } from './identity-roles';
export { importRecordSchema, SOURCE_KINDS } from './records/import-record';
export type { ImportRecord, SourceKind, SourceOptions } from './records/import-record';
export { inputSpecSchema } from './input-spec';
export type { InputSpec } from './input-spec';
export { LASSO_LIMITS, MAP_LAYOUTS, parseLasso } from './studio/lasso';
export type { Lasso, MapLayout } from './studio/lasso';
export { METHOD_NAMES, MODEL_NAMES, NOISE_KINDS, SPLIT_NAMES, SPLIT_REVISIONS } from './learning-names';
export type { MethodName, NoiseKind, SplitName } from './learning-names';
export { OUTCOMES, RETRYABLE_OUTCOMES } from './outcome';
export type { Outcome } from './outcome';
export { IMAGE_FLAGS } from './image-flag';
export type { ImageFlag, ImageMeasures } from './image-flag';
export { parseUrl } from './parse-url';
export { RESPONSE_CLASSES } from './response-class';
export type { ResponseClass } from './response-class';
export type {
  ConfusedPair,
  ConfusionRecord,
  DuplicateMeasure,
  EpochMetrics,
  KindConfusion,
  KindRow,
  ProjectorRecord,
  RunSummary,
  SplitQuality,
  SplitMeasured,
  SplitSummary,
} from './records/run-record';
export type { Provenance, SampleRecord } from './records/sample';
export { settledWithin } from './settled-within';
export { imageOrigin, IMPORT_ENGINE, IMPORT_ENGINES, importedUrl, WORLD_ENGINE } from './source-name';
export type { ImageOrigin } from './source-name';
export { teacherManifestSchema, TENSOR_LAYOUTS } from './records/teacher-manifest';
export type { ExternalContract, ExternalKind, TeacherManifest, TensorLayout } from './records/teacher-manifest';
export { Semaphore } from './semaphore';
export {
  PAIR_SAYINGS,
  PLACE_SAYINGS,
  postDecisionsSchema,
  postListSchema,
  REVIEW_ORDERS,
  personNameSchema,
  personSchema,
  viewSchema,
  undoSchema,
} from './studio/studio-decisions';
export type {
  Decision,
  DecisionLogLine,
  AlikeImages,
  DecisionOrigin,
  DecisionsSince,
  DecisionsStored,
  ListImported,
  PairSaying,
  PersonLink,
  PlaceSaying,
  ReviewOrder,
  ReviewQueue,
  StudioPeople,
  StudioViews,
  SheetGroupCount,
  StudioSheets,
} from './studio/studio-decisions';
export { DUPLICATE_KINDS } from './studio/studio-duplicates';
export type {
  DuplicateKind,
  NextBuild,
  PairImage,
  PairVerdict,
  StudioCluster,
  StudioDuplicates,
  StudioPair,
} from './studio/studio-duplicates';
export { BUILD_LABELS, buildRehearsalSchema } from './studio/studio-handover';
export type { BuildLabels, BuildRehearsal, StudioHandover } from './studio/studio-handover';
export { COLUMN_FILTERS, DECIDED_STATES, STUDIO_FILTERS, STUDIO_SORTS } from './studio/studio-images';
export type {
  DecidedState,
  DecisionLine,
  FacetValue,
  ImageDetail,
  ImageFacets,
  ImageHolders,
  ImageSquares,
  ImageTile,
  ImageWindow,
  PictureSize,
  StudioListing,
  StudioSort,
  MapSample,
  StudioLayout,
} from './studio/studio-images';
export { measurePlanSchema, measurePlanSettingsSchema } from './studio/studio-measure';
export type {
  MeasuredKind,
  MeasuredShare,
  MeasureLooks,
  MeasurePlanRequest,
  MeasurePlanSettings,
  StudioMeasure,
} from './studio/studio-measure';
export type {
  NextStep,
  StudioProof,
  StudioBuild,
  StudioEvent,
  StudioProject,
  StudioRole,
  StudioSplit,
  StudioTopic,
} from './studio/studio-project';
export type {
  StudioCrawl,
  StudioCrawlMinute,
  StudioFetch,
  StudioFetches,
  StudioEpoch,
  StudioRun,
  StudioRunDetail,
  StudioRunGroup,
  StudioRuns,
  StudioSpread,
  StudioTestImage,
  StudioTestImages,
} from './studio/studio-runs';
export { startStepSchema, STUDIO_STEPS } from './studio/studio-steps';
export type { StartStep, StudioStep, StudioStepName, StudioSteps } from './studio/studio-steps';
export type { StudioMistake, StudioPrediction, StudioTry } from './studio/studio-try';
export { isWinnowError, WinnowError } from './winnow-error';
export type { ErrorCode } from './winnow-error';
