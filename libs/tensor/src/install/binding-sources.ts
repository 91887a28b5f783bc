import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { ADD_ON_FLAGS } from '@winnow/files/native';

import { patchBinding } from './binding-patches';

/** Of g++ for the binding: the loops of the kernels want -O3, and bounds in them are vectorised only where nothing traps. */
export const COMPILER_FLAGS = [...ADD_ON_FLAGS, '-O3', '-fno-trapping-math', '-pthread'] as const;

/** Folder of our own C++. */
export const NATIVE_DIR = join(__dirname, '..', '..', 'native');
/** Programs of their own, not parts of the binding. */
const APART = ['capture_stderr.cc', 'find_cuda_libraries.cc'];

export interface BindingSources {
  /** The npm package whose binding it is. */
  readonly package: string;
  /** Text of its tfjs_backend.cc with our additions. */
  readonly backend: string;
  /** Our kernels, paths. */
  readonly kernels: readonly string[];
  /** Of everything that is compiled, 12 hex digits: a binding of other sources is another file. */
  readonly digest: string;
}

let known: BindingSources | undefined;

/** What the binding is compiled from. */
export function bindingSources(): BindingSources {
  known ??= read();
  return known;
}

function read(): BindingSources {
  const packageDir = dirname(createRequire(__filename).resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const backend = patchBinding(readFileSync(join(packageDir, 'binding', 'tfjs_backend.cc'), 'utf8'));
  const native = readdirSync(NATIVE_DIR)
    .filter((name) => !APART.includes(name))
    .sort();
  const hash = createHash('sha256').update(backend).update(COMPILER_FLAGS.join());
  hash.update(readFileSync(join(packageDir, 'binding', 'tfjs_binding.cc')));
  for (const name of native) hash.update(readFileSync(join(NATIVE_DIR, name)));
  return {
    package: packageDir,
    backend,
    kernels: native.filter((name) => name.endsWith('.cc')).map((name) => join(NATIVE_DIR, name)),
    digest: hash.digest('hex').slice(0, 12),
  };
}
