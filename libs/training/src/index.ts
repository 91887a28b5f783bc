export { DEFAULT_AUGMENT } from './augment/augment-options';
export type { AugmentOptions } from './augment/augment-options';
export { BatchStream } from './loader/batch-stream';
export { accuracy, agreement, calibrationError, perClassAccuracy, predictedClasses } from './classification-metrics';
export type { ClassScores } from './classification-metrics';
export { createStudent } from './student/create-student';
export { DrawAhead } from './loader/draw-ahead';
export type { DrawnImages, Renderer } from './loader/image-draw';
export { imageDraw } from './loader/image-draw';
export { openRenderer } from './loader/renderer';
export { suggestedWorkers } from './loader/renderer';
export { MAX_SHARED_BYTES, sharedPixels } from './loader/worker-renderer';
export {
  centreLogits,
  classColumns,
  foldModel,
  externalFrozen,
  freezeModel,
  mapTeacher,
} from './teacher/frozen-network';
export { classSynonyms, describeSynonyms } from './teacher/class-synonyms';
export type { ClassNames } from './teacher/class-synonyms';
export type { FrozenNetwork, FrozenTeacher } from './teacher/frozen-network';
export type { MethodContext, PoolCounts, Student, StudentStart } from './method';
export { selectEvidence } from './training-data';
export { METHODS } from './methods';
export { inputTensor } from './input-tensor';
export { normalisePixels } from './loader/normalise-pixels';
export type { OptimizerName } from './loop/optimizer';
export { knowsMore, predict } from './teacher/predict';
export type { Prediction } from './teacher/predict';
export { rehearseRefinement } from './refine/refine-network';
export type { Refinement, RefinementReport } from './refine/refinement';
export { planRefinement } from './refine/refinement-plan';
export type { RefinementPlan } from './refine/refinement-plan';
export { requireEqualParts } from './loop/check-train-request';
export { requireMethodSettings } from './method-settings';
export { resolveRecipe } from './loop/train-settings';
export type { ResolvedRecipe } from './loop/train-settings';
export type { MethodSettings } from './method-settings';
export { startsAsTeacher } from './student/start-from-teacher';
export { stepsPerEpoch } from './method';
export type { ScheduleName } from './loop/schedule';
export { selectImages } from './training-data';
export { train } from './loop/train';
export type {
  CheckpointPosition,
  CheckpointStore,
  TrainOptions,
  TrainRequest,
  TrainResult,
} from './loop/train-options';
export { distinctFineTuning, FINE_TUNING_DEFAULTS } from './loop/train-settings';
export type { FineTuning } from './loop/train-settings';
export type { PoolSplit, TrainingData } from './training-data';
export { requireFeatures, unitFeatures } from './teacher/unit-features';
