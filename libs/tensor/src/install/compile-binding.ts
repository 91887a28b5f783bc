import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ADD_ON_FLAGS, type Machine, nodeHeaders, type RunResult } from '@winnow/files/native';
import { bindingSources, COMPILER_FLAGS, NATIVE_DIR } from './binding-sources';
import { bindingName, CAPTURE_NAME, LIBRARIES } from './libtensorflow-release';

const SCRATCH = 'compile-';
/** No compilation takes so long. */
const STALE_MILLIS = 3_600_000;

/**
 * Compiles the N-API binding and our kernels against the headers beside TensorFlow's libraries; those of other sources
 * are removed. It appears under its name when it is complete, with the same bytes whoever compiled it, so that two processes
 * may do this at once.
 * @param home folder of TensorFlow's libraries, with its headers in `include`
 */
export async function compileBinding(
  home: string,
  machine: Machine,
  options: { readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const headers = nodeHeaders(machine);
  if (headers === undefined) return { ok: false, stdout: '', message: 'node_api.h is not there' };
  const scratch = await mkdtemp(join(home, SCRATCH));
  try {
    const backend = join(scratch, 'tfjs_backend.cc');
    await writeFile(backend, bindingSources().backend);
    // No code by its name until it is complete: others check all code in the folder meanwhile.
    const output = join(scratch, 'binding');
    const result = await machine.run('g++', bindingCommand({ home, headers, backend, output }), options);
    if (!result.ok) return result;
    await rename(output, join(home, bindingName()));
    await removeOthers(home);
    return result;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Bindings of other sources, and what compilations left that were killed. */
async function removeOthers(home: string): Promise<void> {
  const others = (await readdir(home)).filter((name) => /^tfjs_binding.*\.node$/.test(name) && name !== bindingName());
  for (const name of others) await rm(join(home, name), { force: true });
  for (const name of (await readdir(home)).filter((each) => each.startsWith(SCRATCH))) {
    const facts = await stat(join(home, name)).catch(() => undefined);
    if (facts === undefined || Date.now() - facts.mtimeMs < STALE_MILLIS) continue;
    await rm(join(home, name), { recursive: true, force: true });
  }
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
    // What is compiled names its sources: by the same names wherever they lie.
    ...Object.entries({ scratch: dirname(backend), tfjs: source, native: NATIVE_DIR }).map(
      ([name, folder]) => `-ffile-prefix-map=${folder}=${name}`,
    ),
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
