import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';

/** A file with weights that a model names. */
export interface InnerFile {
  readonly file: string;
  readonly sizeBytes: number;
}

/** Whether a path that a model names is relative, with no way up, no scheme and no drive. */
export function isInnerPath(inner: string): boolean {
  if (inner.length === 0 || inner.length > 1000 || /[\\:\0]/.test(inner)) return false;
  return inner.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Finds a file that a model names within the model's own folder, whatever links are there.
 * @param inner an inner path
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID where a link leads out of the folder, or to something else than a file
 */
export async function locateInnerFile(modelFile: string, inner: string): Promise<InnerFile> {
  const folder = await realpath(path.dirname(modelFile));
  const file = await realpath(path.join(folder, inner)).catch((cause: unknown) => {
    const next = `Put it into the folder of ${path.basename(modelFile)}: the model is all of its files.`;
    throw new WinnowError('FILE_NOT_FOUND', `The weight file ${inner} is missing`, { where: modelFile, next, cause });
  });
  if (!file.startsWith(path.join(folder, path.sep)))
    throw invalid(`The weight file ${inner} leads out of its folder`, modelFile);
  const found = await stat(file);
  if (!found.isFile()) throw invalid(`The weight file ${inner} is not a file`, modelFile);
  return { file, sizeBytes: found.size };
}

/** @throws WinnowError FORMAT_INVALID where the file has become shorter */
export async function readInnerFile({ file, sizeBytes }: InnerFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  const handle = await open(file, 'r');
  try {
    for (let at = 0; at < sizeBytes;) {
      const { bytesRead } = await handle.read(bytes, at, sizeBytes - at, at);
      if (bytesRead === 0) throw invalid('A weight file ends too early', file);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}

function invalid(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', what, {
    where,
    next: 'Put the weight files themselves, as the exporter wrote them, into the folder of the model.',
  });
}
