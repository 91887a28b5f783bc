export { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM } from './batch-norm';
export type { Architecture } from './architecture';
export {
  architectureNamed,
  createModel,
  isModelName,
  MODEL_NAMES,
  MODELS,
  outlineModel,
  projectedName,
} from './create-model';
export type { ModelName, PlainModelName } from './create-model';
export { decodeSafetensors } from './decode-safetensors';
export { encodeSafetensors } from './encode-safetensors';
export type { WritableTensor } from './encode-safetensors';
export type { ExportDescription } from './export/export-description';
export type { ExportGraph } from './export/export-graph';
export { encodeLayersModel } from './export/encode-layers-model';
export { encodeOnnx } from './export/encode-onnx';
export { rawInput, recordGraph } from './export/record-graph';
export { withLogits } from './foreign-answers';
export type { ForeignHints } from './foreign-hints';
export { nearNames } from './foreign-near-names';
export type { ForeignNetwork } from './foreign-network';
export { adoptSafetensors } from './foreign-safetensors';
export type { AdoptedWeights } from './foreign-safetensors';
export { readForeignSource, sha256 } from './foreign-source';
export type { ForeignSource } from './foreign-source';
export { openForeignTeacher, readTeacherManifest, TEACHER_FILE } from './foreign-teacher';
export type { ForeignTeacher } from './foreign-teacher';
export { loadWeights } from './load-weights';
export type { LoadWeightsOptions } from './load-weights';
export type { ForwardPass } from './forward-pass';
export type { ForwardOptions, ForwardResult, FrozenModel, Model, ModelOptions } from './model';
export type { SafetensorsData, SafetensorsDtype, SafetensorsFile, SafetensorsTensor } from './safetensors';
export { saveWeights } from './save-weights';
export { summariseModel } from './summarise-model';
export type { ModelSummary } from './summarise-model';
export { readWeightsMetadata, weightsMetadata } from './weights-metadata';
export type { WeightsMetadata } from './weights-metadata';
export { hasProjector } from './with-projector';
