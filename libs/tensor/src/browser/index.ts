/**
 * `@winnow/tensor/browser`: what computes in a browser. The bundle of the studio's page puts it in the place of
 * `@winnow/tensor`, so that networks of `@winnow/models` run there by the code that runs here (`tools/build-page.mjs`).
 */
export { activate, relu } from '../ops/activation';
export { attention } from '../ops/attention';
export { batchNormFixed, batchNormInference, batchNormTrain } from '../ops/batch-norm';
export { conv2d } from '../ops/conv2d';
export { conv2dInference } from '../ops/conv2d-inference';
export { depthwiseConv2d } from '../ops/depthwise-conv2d';
export { gateChannels } from '../ops/gate-channels';
export { layerNorm } from '../ops/layer-norm';
export { linear } from '../ops/linear';
export { maxPool } from '../ops/pools';
export { meanPool } from '../ops/pools';
export { startBrowserEngine } from './start-browser-engine';
export * as tf from '@tensorflow/tfjs';
