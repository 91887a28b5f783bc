/** `@winnow/trainer/bench`: what the benchmark project uses of this app. Nothing that ships imports it. */
export { decodeUserImage } from './data/decode-user-images';
export { knownFeatures, splitKnownPool } from './measure/known-pool';
export { requireModelName } from './require-model-name';
export { startTensorEngine } from './start-tensor-engine';
export { loadNetwork } from './teacher/load-teacher';
