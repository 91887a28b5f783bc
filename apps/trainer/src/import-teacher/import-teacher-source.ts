import { stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';

const READABLE = ['.safetensors', '.onnx', '.json'];
const TO_TFJS = 'Convert it with tensorflowjs_converter and name the model.json, or export it as ONNX.';
const TO_SAFETENSORS =
  'Such files run code when they are read. Save the weights with safetensors.torch.save_file, or export with torch.onnx.export.';

/** What to do with files that winnow does not read. */
const ADVICE: Readonly<Record<string, string>> = {
  '.bin': TO_SAFETENSORS,
  '.ckpt': TO_SAFETENSORS,
  '.h5': TO_TFJS,
  '.keras': TO_TFJS,
  '.pb': TO_TFJS,
  '.pkl': TO_SAFETENSORS,
  '.pt': TO_SAFETENSORS,
  '.pth': TO_SAFETENSORS,
  '.tflite': TO_TFJS,
};

/**
 * The file that a path means: itself, or the model.json in a folder.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID for a kind that is not read, with a way to convert it
 */
export async function requireTeacherFile(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'There is no such model', { where: file, next: 'Check the path.', cause });
  });
  if (found.isDirectory()) return requireTeacherFile(path.join(file, 'model.json'));
  const ending = path.extname(file).toLowerCase();
  if (READABLE.includes(ending)) return file;
  throw new WinnowError('FORMAT_INVALID', `winnow does not read ${ending || 'files without an ending'} as a teacher`, {
    where: file,
    next: ADVICE[ending] ?? `It reads ${READABLE.join(', ')} (TF.js: model.json).`,
  });
}
