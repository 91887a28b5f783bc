import { createRequire } from 'node:module';
import util from 'node:util';

import * as tf from '@tensorflow/tfjs';

import { bindingPath } from './libtensorflow-release';
import { registerOwnKernel } from './own-kernel';
import { explicitConv2dBackpropFilter, explicitConv2dBackpropInput } from './tensorflow-conv2d-gradients';

const KERNELS = [explicitConv2dBackpropFilter, explicitConv2dBackpropInput];

interface NativeBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Helpers that tfjs-node still calls: Node 22 warns of them, Node 23 has dropped them. */
const UTIL_OF_OLD = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
};

/** Loads libtensorflow from the cache, registers it with tfjs and selects it. */
export async function startTensorflow(cacheDir: string): Promise<{ version: string; device: 'cpu' | 'cuda' }> {
  // Read by libtensorflow when it is loaded: warnings and errors only.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Off by default on processors without AVX-512, where it makes a training step a third faster too.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  for (const [name, helper] of Object.entries(UTIL_OF_OLD)) {
    (util as unknown as Record<string, unknown>)[name] = helper;
  }
  const load = createRequire(__filename);
  const binding = load(bindingPath(cacheDir)) as NativeBinding;
  if (tf.findBackend('tensorflow') === null) {
    // The package's main module would look for the binding inside node_modules, so its parts are taken one by one.
    const { NodeJSKernelBackend } = load('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
      NodeJSKernelBackend: new (binding: NativeBinding, packageName: string) => tf.KernelBackend;
    };
    load('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
    for (const kernel of KERNELS) registerOwnKernel('tensorflow', kernel);
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'));
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Error('the TensorFlow backend did not initialise');
  return { version: binding.TF_Version, device: binding.isUsingGpuDevice() ? 'cuda' : 'cpu' };
}
