export { DEFAULT_AUGMENT } from './augment/augment-options';
export type { AugmentOptions } from './augment/augment-options';
export { accuracy, agreement, calibrationError, perClassAccuracy, predictedClasses } from './classification-metrics';
export type { ClassScores } from './classification-metrics';
export { inputTensor } from './input-tensor';
export { BatchStream } from './loader/batch-stream';
export { DrawAhead } from './loader/draw-ahead';
export { normalisePixels } from './loader/normalise-pixels';
export { imageDraw } from './loader/image-draw';
export type { DrawnImages, Renderer } from './loader/image-draw';
export { openRenderer, suggestedWorkers } from './loader/renderer';
export { MAX_SHARED_BYTES, sharedPixels } from './loader/worker-renderer';
export { requireEqualParts } from './loop/check-train-request';
export type { OptimizerName } from './loop/optimizer';
export type { ScheduleName } from './loop/schedule';
export { train } from './loop/train';
export { CHECKPOINT_EVERY_STEPS } from './loop/training-checkpoint';
export type {
  CheckpointPosition,
  CheckpointStore,
  TrainOptions,
  TrainRequest,
  TrainResult,
} from './loop/train-options';
export { distinctFineTuning, FINE_TUNING_DEFAULTS, resolveRecipe, suitsOwnOptimizer } from './loop/train-settings';
export type { FineTuning, ResolvedRecipe } from './loop/train-settings';
export { imagesOfBatch, stepsPerEpoch } from './method';
export type { MethodContext, PoolCounts, Student, StudentStart } from './method';
export { requireMethodSettings } from './method-settings';
export type { MethodSettings } from './method-settings';
export { METHODS } from './methods';
export { rehearseRefinement } from './refine/refine-network';
export type { Refinement, RefinementReport } from './refine/refinement';
export { planRefinement } from './refine/refinement-plan';
export type { RefinementPlan } from './refine/refinement-plan';
export { createStudent } from './student/create-student';
export { startsAsTeacher } from './student/start-from-teacher';
export { classSynonyms, describeSynonyms } from './teacher/class-synonyms';
export type { ClassNames } from './teacher/class-synonyms';
export {
  centreLogits,
  classColumns,
  foldModel,
  externalFrozen,
  freezeModel,
  mapTeacher,
} from './teacher/frozen-network';
export type { FrozenNetwork, FrozenTeacher } from './teacher/frozen-network';
export { knowsMore, predict } from './teacher/predict';
export type { KeptOutputs, Prediction } from './teacher/predict';
export { requireFeatures, unitFeatures } from './teacher/unit-features';
export { selectEvidence, selectImages } from './training-data';
export type { PoolSplit, TrainingData } from './training-data';
