/** `@winnow/models/browser`: what makes a network of a weights file in a browser; nothing here needs Node. */
export { isModelName, outlineModel } from './create-model';
export { loadWeights } from './weights/load-weights';
export { readWeightsMetadata } from './weights/weights-metadata';
