import path from 'node:path';
import { pythonWith, type PythonWithPackages } from './python-environment';

const PYTORCH_VERSION = '2.13.0';

/**
 * A Python with PyTorch in the cache.
 * @returns how to call a script with it
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function pytorchPython(
  cacheDir: string,
  io: { log(line: string): void; readonly signal?: AbortSignal },
): Promise<PythonWithPackages> {
  return pythonWith(
    {
      title: `PyTorch ${PYTORCH_VERSION}`,
      cacheDir,
      folder: path.join(cacheDir, 'pytorch', PYTORCH_VERSION),
      packages: [`torch==${PYTORCH_VERSION}`, 'numpy', 'pillow'],
      option: '--against pytorch',
    },
    io,
  );
}
