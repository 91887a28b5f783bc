import path from 'node:path';
import { pythonWith } from './python-environment';

export const PYTORCH_VERSION = '2.13.0';

/**
 * A Python with PyTorch in the cache.
 * @returns the interpreter's path
 * @throws WinnowError ENGINE_UNAVAILABLE with pip's reason, INTERRUPTED
 */
export async function pytorchPython(
  cacheDir: string,
  io: { log(line: string): void; readonly signal?: AbortSignal },
): Promise<string> {
  return pythonWith(
    {
      title: `PyTorch ${PYTORCH_VERSION}`,
      folder: path.join(cacheDir, 'pytorch', PYTORCH_VERSION),
      packages: [`torch==${PYTORCH_VERSION}`, 'numpy', 'pillow'],
      option: '--against pytorch',
    },
    io,
  );
}
