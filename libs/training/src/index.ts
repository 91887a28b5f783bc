export { DEFAULT_AUGMENT } from './augment/augment-options';
export type { AugmentOptions } from './augment/augment-options';
export type { PixelBatch } from './augment/pixel-batch';
export { BatchStream } from './batch-stream';
export { accuracy, agreement, calibrationError, perClassAccuracy, predictedClasses } from './classification-metrics';
export type { ClassScores } from './classification-metrics';
export { createStudent } from './create-student';
export type { StudentRequest } from './create-student';
export { DrawAhead } from './draw/draw-ahead';
export type { DrawnPictures, DrawnView, PictureDraw, RowMix, ViewRequest } from './draw/picture-draw';
export { pictureDraw } from './draw/picture-draw';
export type { RenderSettings } from './draw/render-draw';
export { openRenderer } from './draw/renderer';
export type { Renderer } from './draw/renderer';
export { suggestedWorkers } from './draw/suggested-workers';
export { MOST_SHARED_BYTES, sharedPixels } from './draw/shared-pixels';
export { centreLogits, classColumns, foldModel, foreignFrozen, freezeModel, mapTeacher } from './frozen-network';
export { classSynonyms, describeSynonyms } from './class-synonyms';
export type { ClassNames } from './class-synonyms';
export type { FrozenNetwork, FrozenTeacher, TeacherResult } from './frozen-network';
export type {
  LossParts,
  Method,
  MethodContext,
  MethodSettings,
  PoolCounts,
  PreparedMethod,
  StepPlace,
  Student,
  TrainingStep,
} from './method';
export { selectEvidence } from './label-evidence';
export type { LabelEvidence } from './label-evidence';
export { METHODS } from './methods';
export { inputTensor } from './input-tensor';
export { normalisePixels } from './normalise-pixels';
export { OPTIMIZER_NAMES } from './optimizer';
export type { OptimizerName } from './optimizer';
export { knowsMore, predict } from './predict';
export type { Prediction, PredictOptions } from './predict';
export type { Refinement, RefinementReport } from './refine/refinement';
export { requireEqualParts } from './require-equal-parts';
export { requireMethodSettings } from './require-method-settings';
export { resolveRecipe } from './recipe';
export type { ResolvedRecipe } from './recipe';
export { stepsPerEpoch } from './steps-per-epoch';
export type { Schedule, ScheduleName } from './schedule';
export { selectImages } from './select-images';
export type { StudentStart } from './student-start';
export { train } from './train';
export type { CheckpointPosition, CheckpointStore, TrainOptions, TrainRequest, TrainResult } from './train-options';
export { distinctFineTuning, FINE_TUNING_DEFAULTS } from './train-settings';
export type { FineTuning } from './train-settings';
export type { PoolSplit, TrainingData } from './training-data';
export { requireFeatures, unitFeatures } from './unit-features';
