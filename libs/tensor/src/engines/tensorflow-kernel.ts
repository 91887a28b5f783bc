import * as tf from '@tensorflow/tfjs';

/** The attribute types of the binding that our kernels use. */
interface Binding {
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
}

interface TensorflowBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  executeMultipleOutputs(
    name: string,
    attributes: readonly KernelAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

interface KernelAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface KernelCall {
  /** TensorFlow's name of the operation. */
  readonly name: string;
  readonly inputs: readonly tf.Tensor[];
  readonly outputs: number;
  /** Names of attributes that say float32. */
  readonly floatTypes?: readonly string[];
  /** Attributes that list float32 so many times. */
  readonly floatTypeLists?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly integers?: Readonly<Record<string, number | readonly number[]>>;
  readonly strings?: Readonly<Record<string, string>>;
  readonly stringLists?: Readonly<Record<string, readonly string[]>>;
  readonly booleans?: Readonly<Record<string, boolean>>;
}

/** True where TensorFlow's own kernels can be called. */
export function hasTensorflowKernels(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** True where our own kernels (folder native) can be called: they are compiled into the binding, for processors only. */
export function hasNativeKernels(): boolean {
  return hasTensorflowKernels() && !(tf.backend() as unknown as TensorflowBackend).isUsingGpuDevice;
}

/** Runs one TensorFlow kernel that tfjs does not offer; it is not recorded, so it belongs inside a kernel or tf.customGrad. */
export function runTensorflowKernel(call: KernelCall): tf.Tensor[] {
  const backend = tf.backend() as unknown as TensorflowBackend;
  const { binding } = backend;
  const attributes: KernelAttribute[] = [
    ...(call.floatTypes ?? []).map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
    ...Object.entries(call.floatTypeLists ?? {}).map(([name, length]) => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: Array.from({ length }, () => binding.TF_FLOAT),
    })),
    ...entries(call.floats, binding.TF_ATTR_FLOAT),
    ...entries(call.integers, binding.TF_ATTR_INT),
    ...entries(call.strings, binding.TF_ATTR_STRING),
    ...entries(call.stringLists, binding.TF_ATTR_STRING),
    ...entries(call.booleans, binding.TF_ATTR_BOOL),
  ];
  return backend.executeMultipleOutputs(call.name, attributes, call.inputs, call.outputs);
}

function entries(values: Readonly<Record<string, unknown>> | undefined, type: number): KernelAttribute[] {
  return Object.entries(values ?? {}).map(([name, value]) => ({ name, type, value }));
}
