import * as tf from '@tensorflow/tfjs';

/** A kernel of ours, written with operations of tfjs or of the engine. */
export interface CustomKernel {
  /** tfjs's name of the kernel. */
  readonly name: string;
  /** @returns undefined where the stock kernel is to compute it */
  compute(
    inputs: Readonly<Record<string, tf.Tensor>>,
    attributes: Readonly<Record<string, unknown>>,
  ): tf.Tensor | undefined;
}

/** Registers a kernel on an engine, in front of the stock one where there is one. */
export function registerCustomKernel(backendName: 'tensorflow' | 'wasm', kernel: CustomKernel): void {
  const stock = tf.getKernel(kernel.name, backendName) as tf.KernelConfig | undefined;
  if (stock) tf.unregisterKernel(kernel.name, backendName);
  tf.registerKernel({
    ...stock,
    kernelName: kernel.name,
    backendName,
    kernelFunc(call) {
      const inputs = asTensors(call.inputs);
      const attributes = (call.attrs ?? {}) as Record<string, unknown>;
      const result = tf.tidy(() => kernel.compute(inputs, attributes)) as tf.Tensor | undefined;
      if (result) return result;
      if (!stock) throw new Error(`${kernel.name} is not implemented for these arguments on the engine ${backendName}`);
      return stock.kernelFunc(call);
    },
  });
}

/** The engine passes tensors, though their type says less. */
function asTensors(inputs: tf.NamedTensorInfoMap): Record<string, tf.Tensor> {
  return inputs as unknown as Record<string, tf.Tensor>;
}
