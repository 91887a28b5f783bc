import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bindingSources } from './binding-sources';
import { bindingCommand } from './compile-commands';
import { bindingName } from './libtensorflow-release';
import type { Machine, RunResult } from '../engines/machine';
import { nodeHeaders } from '../engines/machine';

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
