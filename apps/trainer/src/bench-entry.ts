/** `@winnow/trainer/bench`: what the benchmark project uses of this app. Nothing that ships imports it. */
export { decodeOwnPicture, OWN_PICTURE_LIMITS } from './pictures/decode-own-picture';
export { requireModelName } from './require-model-name';
export { startTensorEngine } from './start-tensor-engine';
export { loadNetwork } from './teacher/load-teacher';
