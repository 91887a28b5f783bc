import { stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { STUDENT_FILE } from './train-student';

/** The weights that a path means: the file itself, or the student of a run folder. @throws WinnowError FILE_NOT_FOUND */
export async function weightsFile(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  const target = found?.isDirectory() === true ? path.join(file, STUDENT_FILE) : file;
  if (found !== undefined && (target === file || (await stat(target).catch(() => undefined)) !== undefined))
    return target;
  throw new WinnowError('FILE_NOT_FOUND', 'There is no trained model', {
    where: target,
    next: 'Name a .safetensors file, or the folder of a finished run.',
  });
}
