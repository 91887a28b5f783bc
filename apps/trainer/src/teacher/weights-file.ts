import path from 'node:path';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { EXPORT_PRECISIONS, WinnowError } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import { sha256, TEACHER_FILE } from '@winnow/models';
import type { RunManifest } from '@winnow/runs';
import { EXPORT_FILE, exportEntry, exportKinds } from '../export/export-job';
import { readExportManifest } from '../export/require-export-folder';

/** Weights of a finished run, within its folder. */
export const STUDENT_FILE = 'student.safetensors';

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

/** A digest in hex and what to do where the bytes are others, or why there is none where one should be. */
type RecordedDigest = { readonly sha256: string; readonly next: string } | { readonly missing: string };

/** Writes a weights file that lies in no folder of ours, with its digest beside it as `sha256sum -c` takes it. */
export async function writeWeights(file: string, bytes: Uint8Array): Promise<void> {
  // First: a digest of other weights would refuse these, should the process end in between.
  await rm(digestFile(file), { force: true });
  await writeFileAtomic(file, bytes);
  await writeFileAtomic(digestFile(file), `${sha256(bytes)}  ${path.basename(file)}\n`);
}

/**
 * Compares the bytes of a weights file with the digest that was recorded when it was written: in manifest.json of its
 * run, export.json of its export, or FILE.sha256 beside it.
 * @returns a remark where the file should have a digest and has none
 * @throws WinnowError DATA_CORRUPT where the bytes are others
 */
export async function checkWeights(file: string, bytes: Uint8Array): Promise<string | undefined> {
  const recorded = (await ofRun(file)) ?? (await ofExport(file)) ?? (await ofNeighbour(file));
  if (recorded === null) return undefined;
  if ('missing' in recorded) return `${file}: ${recorded.missing}, so they were not compared.`;
  if (recorded.sha256 === sha256(bytes)) return undefined;
  throw new WinnowError('DATA_CORRUPT', 'The weights were changed since they were written: their digest differs', {
    where: file,
    next: recorded.next,
  });
}

async function ofRun(file: string): Promise<RecordedDigest | null> {
  if (path.basename(file) !== STUDENT_FILE) return null;
  const manifest = await readJson<RunManifest>(path.join(path.dirname(file), 'manifest.json'));
  if (typeof manifest?.identity !== 'string') return null;
  const digest = manifest.weights?.sha256;
  if (digest === undefined) return { missing: 'the run is of an earlier winnow and has no digest of its weights' };
  return {
    sha256: digest,
    next: 'Put the file back from a copy, or move the folder of the run aside and train again.',
  };
}

async function ofExport(file: string): Promise<RecordedDigest | null> {
  const manifest = await readExportManifest(path.dirname(file));
  if (manifest === 'damaged') return { missing: `${EXPORT_FILE} beside the weights is damaged` };
  const files = manifest?.exports.flatMap((one) => one.files) ?? [];
  const found = files.find(({ name }) => name === path.basename(file));
  return found === undefined ? null : { sha256: found.sha256, next: 'Export the network again.' };
}

async function ofNeighbour(file: string): Promise<RecordedDigest | null> {
  const text = await readFile(digestFile(file), 'utf8').catch(() => '');
  const digest = /^[\da-f]{64}(?= )/.exec(text)?.[0];
  return digest === undefined
    ? null
    : {
        sha256: digest,
        next: `Put the file back from a copy. If you replaced it yourself, remove ${path.basename(digestFile(file))}.`,
      };
}

function digestFile(file: string): string {
  return `${file}.sha256`;
}

/** Null where the file is missing or damaged: there is then nothing to compare with. */
async function readJson<T>(file: string): Promise<Partial<T> | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<T> | null;
  } catch {
    return null;
  }
}
