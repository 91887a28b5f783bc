import { join } from 'node:path';

/** The one libtensorflow that winnow uses: PyPI's CPU wheel, which carries TensorFlow's C interface. */
export const LIBTENSORFLOW = {
  package: 'tensorflow-cpu',
  version: '2.21.0',
  /** Of the wheel for Python 3.11 on x86-64 Linux; Python itself is not linked. */
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  wheelBytes: 273_829_956,
  /** Wheel, unpacked libraries and compiler output side by side. */
  neededBytes: 1_500_000_000,
  pipArguments: ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', 'manylinux_2_27_x86_64'],
} as const;

/** Folder of the libraries and of the compiled binding. */
export function libtensorflowDir(cacheDir: string): string {
  return join(cacheDir, 'libtensorflow', `${LIBTENSORFLOW.version}-cpu`);
}

/** The compiled N-API binding. */
export const BINDING_NAME = 'tfjs_binding.node';

/** Written last: says that the folder is complete, and what it holds, as JSON. */
export const MARKER_NAME = 'complete.json';

export function bindingPath(cacheDir: string): string {
  return join(libtensorflowDir(cacheDir), BINDING_NAME);
}

export function markerPath(cacheDir: string): string {
  return join(libtensorflowDir(cacheDir), MARKER_NAME);
}
