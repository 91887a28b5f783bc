import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADD_ON_FLAGS, type Machine, nodeHeaders, type RunResult } from '@winnow/files/native';
import { bindingSources, COMPILER_FLAGS, NATIVE_DIR } from './binding-sources';
import { bindingName, CAPTURE_NAME, LIBRARIES } from './libtensorflow-release';

/**
 * Compiles the N-API binding and our kernels against the headers beside TensorFlow's libraries; those of other sources
 * are removed. It appears under its name when it is complete, so that two processes may do this at once.
 * @param home folder of TensorFlow's libraries, with its headers in `include`
 */
export async function compileBinding(
  home: string,
  machine: Machine,
  options: { readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const headers = nodeHeaders(machine);
  if (headers === undefined) return { ok: false, stdout: '', message: 'node_api.h is not there' };
  const scratch = await mkdtemp(join(home, 'compile-'));
  try {
    const backend = join(scratch, 'tfjs_backend.cc');
    await writeFile(backend, bindingSources().backend);
    const output = join(scratch, bindingName());
    const result = await machine.run('g++', bindingCommand({ home, headers, backend, output }), options);
    if (!result.ok) return result;
    await rename(output, join(home, bindingName()));
    await removeOthers(home);
    return result;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function removeOthers(home: string): Promise<void> {
  const others = (await readdir(home)).filter((name) => /^tfjs_binding.*\.node$/.test(name) && name !== bindingName());
  for (const name of others) await rm(join(home, name), { force: true });
}

interface BindingIndices {
  /** Folder of TensorFlow's libraries, with its headers in `include`. */
  readonly home: string;
  /** Folder of node_api.h. */
  readonly headers: string;
  /** The package's tfjs_backend.cc with our additions. */
  readonly backend: string;
  readonly output: string;
}

/** Arguments of g++ for the N-API binding of @tensorflow/tfjs-node-gpu with our kernels in it. */
function bindingCommand({ home, headers, backend, output }: BindingIndices): string[] {
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
