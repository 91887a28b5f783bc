import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { EXPORT_PRECISIONS, WinnowError } from '@winnow/contracts';
import { TEACHER_FILE } from '@winnow/models';
import { exportEntry, exportKinds } from '../export/export-job';
import { STUDENT_FILE } from '../student-file';

/**
 * The weights that a path means: the file itself, an imported teacher's folder, or the student of a run folder or of the
 * folder of an export.
 * @throws WinnowError FILE_NOT_FOUND; USAGE for files of other kinds
 */
export async function weightsFile(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if ((await stat(path.join(file, TEACHER_FILE)).catch(() => undefined)) !== undefined) return file;
  if (found?.isDirectory() !== true) await refuseOtherKinds(file);
  if (found?.isDirectory() === false) return file;
  for (const name of [STUDENT_FILE, ...exportKinds(['safetensors'], EXPORT_PRECISIONS).map(exportEntry)]) {
    const target = path.join(file, name);
    if ((await stat(target).catch(() => undefined)) !== undefined) return target;
  }
  throw new WinnowError('FILE_NOT_FOUND', 'There is no trained model', {
    where: file,
    next: 'Name a .safetensors file, the folder of a finished run, of an export with safetensors, or of an imported teacher.',
  });
}

/** What a person may well name, and would be told of a damaged header. */
async function refuseOtherKinds(file: string): Promise<void> {
  if (path.basename(file) === TEACHER_FILE || file.endsWith('.safetensors')) return;
  if (!/\.(?:onnx|json|pth?|bin|h5|pb|ya?ml)$/i.test(file) || (await beginsLikeSafetensors(file))) return;
  throw new WinnowError('USAGE', 'A file of this kind is not read as it is', {
    where: file,
    next: 'Of a project, name its file or the folder of a run; of an export of winnow, its folder. Other ONNX and TF.js: `winnow teacher import FILE --out FOLDER`, then name that folder. PyTorch: save it as safetensors.',
  });
}

/** Eight bytes of length, then a JSON object. */
async function beginsLikeSafetensors(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  try {
    const start = await handle?.read(Buffer.alloc(9), 0, 9, 0);
    return start?.bytesRead === 9 && start.buffer[8] === '{'.charCodeAt(0);
  } finally {
    await handle?.close();
  }
}
