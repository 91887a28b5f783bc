import { join } from 'node:path';

import { bindingSources, NATIVE_DIR } from './binding-sources';
import { ADD_ON_FLAGS, COMPILER_FLAGS } from './compiler-flags';
import { CAPTURE_NAME, LIBRARIES } from './libtensorflow-release';

export interface BindingIndices {
  /** Folder of TensorFlow's libraries, with its headers in `include`. */
  readonly home: string;
  /** Folder of node_api.h. */
  readonly headers: string;
  /** The package's tfjs_backend.cc with our additions. */
  readonly backend: string;
  readonly output: string;
}

/** Arguments of g++ for the N-API binding of @tensorflow/tfjs-node-gpu with our kernels in it. */
export function bindingCommand({ home, headers, backend, output }: BindingIndices): string[] {
  const { package: source, kernels } = bindingSources();
  return [
    ...COMPILER_FLAGS,
    ...[`-I${source}`, `-I${join(source, 'binding')}`, `-I${join(home, 'include')}`, `-I${headers}`],
    ...[backend, join(source, 'binding', 'tfjs_binding.cc'), ...kernels],
    `-L${home}`,
    ...LIBRARIES.map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN',
    ...['-o', output],
  ];
}

/** Arguments of g++ for the add-on that captures stderr. */
export function captureCommand(home: string, headers: string): string[] {
  return [...ADD_ON_FLAGS, `-I${headers}`, join(NATIVE_DIR, 'capture_stderr.cc'), '-o', join(home, CAPTURE_NAME)];
}

/** Arguments of g++ for the program that looks for the libraries of CUDA as TensorFlow does. */
export function cudaProbeCommand(output: string): string[] {
  return ['-O1', '-std=c++17', join(NATIVE_DIR, 'find_cuda_libraries.cc'), '-o', output, '-ldl'];
}
