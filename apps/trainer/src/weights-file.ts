import { stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { TEACHER_FILE } from '@winnow/models';
import { STUDENT_FILE } from './train-student';

/**
 * The weights that a path means: the file itself, an imported teacher's folder, or the student of a run folder.
 * @throws WinnowError FILE_NOT_FOUND
 */
export async function weightsFile(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if ((await stat(path.join(file, TEACHER_FILE)).catch(() => undefined)) !== undefined) return file;
  const target = found?.isDirectory() === true ? path.join(file, STUDENT_FILE) : file;
  if (found !== undefined && (target === file || (await stat(target).catch(() => undefined)) !== undefined))
    return target;
  throw new WinnowError('FILE_NOT_FOUND', 'There is no trained model', {
    where: target,
    next: 'Name a .safetensors file, the folder of a finished run, or that of an imported teacher.',
  });
}
