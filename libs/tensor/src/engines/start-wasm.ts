import * as tf from '@tensorflow/tfjs';

import { registerCustomKernel } from './custom-kernel';
import { conv2dBackpropFilter, conv2dBackpropInput } from '../wasm-kernels/conv2d-gradients';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from '../wasm-kernels/depthwise-gradients';
import { leadingMean, leadingSum, unsortedSegmentSum } from '../wasm-kernels/sums';
import { maxPoolGradient } from '../wasm-kernels/max-pool-gradient';

const KERNELS = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  leadingMean,
  leadingSum,
  maxPoolGradient,
  unsortedSegmentSum,
];

let registered = false;

/** Registers and selects the WebAssembly engine. @returns the version of its backend */
export async function startWasm(): Promise<string> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  if (!registered) KERNELS.forEach((kernel) => registerCustomKernel('wasm', kernel));
  registered = true;
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend did not initialise');
  return wasm.version_wasm;
}
