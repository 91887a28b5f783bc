import * as tf from '@tensorflow/tfjs';

export interface KernelTime {
  /** TensorFlow's name of the operation. */
  readonly name: string;
  readonly calls: number;
  readonly millis: number;
}

type Execute = (name: string, ...rest: readonly unknown[]) => unknown;
const ENTRIES = ['executeSingleOutput', 'executeMultipleOutputs'] as const;

/**
 * Where the time of `work` goes on the engine tensorflow on processors, whose kernels return when they are done; longest
 * first. What is missing from the whole is JavaScript. Empty on other engines.
 */
export function profileKernels(work: () => void): readonly KernelTime[] {
  if (tf.getBackend() !== 'tensorflow') return [];
  const backend = tf.backend() as unknown as Record<(typeof ENTRIES)[number], Execute>;
  const times = new Map<string, { calls: number; millis: number }>();
  const timed = (execute: Execute): Execute =>
    function (this: unknown, name, ...rest) {
      const start = performance.now();
      const result = execute.call(this, name, ...rest);
      const entry = times.get(name) ?? { calls: 0, millis: 0 };
      times.set(name, { calls: entry.calls + 1, millis: entry.millis + performance.now() - start });
      return result;
    };
  for (const entry of ENTRIES) backend[entry] = timed(backend[entry]);
  try {
    work();
  } finally {
    // The class's own methods show again.
    for (const entry of ENTRIES) delete (backend as Partial<typeof backend>)[entry];
  }
  return [...times].map(([name, time]) => ({ name, ...time })).sort((a, b) => b.millis - a.millis);
}
