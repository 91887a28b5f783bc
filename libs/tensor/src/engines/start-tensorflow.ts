import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';

import * as tf from '@tensorflow/tfjs';

import type { LibtensorflowVariant } from '../install/libtensorflow-release';
import { bindingPath, CAPTURE_NAME } from '../install/libtensorflow-release';
import { loadQuietly } from './load-quietly';
import { registerCustomKernel } from './custom-kernel';
import { explicitConv2dBackpropFilter, explicitConv2dBackpropInput } from './tensorflow-conv2d-gradients';
import { explicitDepthwise, nativeDepthwiseBackpropInput, nativeDepthwiseBackpropFilter } from './tensorflow-depthwise';

const KERNELS = [
  explicitConv2dBackpropFilter,
  explicitConv2dBackpropInput,
  explicitDepthwise,
  nativeDepthwiseBackpropInput,
  nativeDepthwiseBackpropFilter,
];

interface NativeBinding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** Helpers that tfjs-node still calls: Node 22 warns of them, Node 23 has dropped them. */
const UTIL_OF_OLD = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
};

/** Read by libtensorflow when it is loaded; whoever has set one of them keeps it. */
const SETTINGS: Readonly<Record<LibtensorflowVariant, Readonly<Record<string, string>>>> = {
  cpu: {
    // Errors only.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Off by default on processors without AVX-512, where it makes a training step a third faster too.
    TF_ENABLE_ONEDNN_OPTS: '1',
  },
  cuda: {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_ENABLE_ONEDNN_OPTS: '1',
    // By default the first process takes all memory of the GPU.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Same seed, same bytes: cuDNN's fastest gradients add up in any order.
    TF_DETERMINISTIC_OPS: '1',
    // Full float32: the default of newer GPUs keeps 10 bits of the mantissa in convolutions and products.
    NVIDIA_TF32_OVERRIDE: '0',
  },
};

/**
 * Loads a build of libtensorflow from the cache, registers it with tfjs and selects it.
 * @returns with what libtensorflow had to say on the way, which the terminal is spared: that oneDNN is on, that no GPU is
 *   there
 */
export async function startTensorflow(
  cacheDir: string,
  variant: LibtensorflowVariant,
): Promise<{ version: string; device: 'cpu' | 'cuda'; said: string }> {
  for (const [name, value] of Object.entries(SETTINGS[variant])) process.env[name] ??= value;
  for (const [name, helper] of Object.entries(UTIL_OF_OLD)) {
    (util as unknown as Record<string, unknown>)[name] = helper;
  }
  const load = createRequire(__filename);
  const path = bindingPath(cacheDir, variant);
  const { result: binding, said } = loadQuietly(join(dirname(path), CAPTURE_NAME), () => load(path) as NativeBinding);
  if (tf.findBackend('tensorflow') === null) {
    // The package's main module would look for the binding inside node_modules, so its parts are taken one by one.
    const { NodeJSKernelBackend } = load('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
      NodeJSKernelBackend: new (binding: NativeBinding, packageName: string) => tf.KernelBackend;
    };
    load('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
    for (const kernel of KERNELS) registerCustomKernel('tensorflow', kernel);
    tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'));
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Error('the TensorFlow backend did not initialise');
  return { version: binding.TF_Version, device: binding.isUsingGpuDevice() ? 'cuda' : 'cpu', said };
}
