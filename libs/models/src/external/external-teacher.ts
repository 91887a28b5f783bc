import path from 'node:path';
import { type TeacherManifest, teacherManifestSchema, WinnowError } from '@winnow/contracts';
import { sha256 } from '../weights/sha256';
import { TFJS_JSON } from '../formats/tfjs/read-tfjs-files';
import type { ExternalNetwork } from './external-network';
import { ONNX_FILE, readExternalSource, readLimited } from './external-source';
import { readJsonFile } from '../formats/read-json-file';
import { zeroShotNetwork } from '../zero-shot/zero-shot-network';
import { MAX_TEXT_BYTES, readTextEmbeddings, TEXT_FILE, type TextEmbeddings } from '../zero-shot/zero-shot-text';

/** Beside the files of an imported teacher. */
export const TEACHER_FILE = 'teacher.json';
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

export interface ExternalTeacher {
  readonly network: ExternalNetwork;
  readonly manifest: TeacherManifest;
}

/**
 * Reads teacher.json. @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID naming the key
 */
export async function readTeacherManifest(folder: string): Promise<TeacherManifest> {
  const file = path.join(folder, TEACHER_FILE);
  const json = await readJsonFile(file, {
    maxBytes: MAX_MANIFEST_BYTES,
    missing: { message: 'There is no imported teacher', next: 'Make one with `winnow teacher import`.' },
    invalid: (what) => invalid(what, file),
  });
  const parsed = teacherManifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`${issue?.path.join('.') || 'it'}: ${issue?.message}`, file);
}

/**
 * Opens an imported teacher, after its files were compared with what the import wrote.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID; DATA_CORRUPT where a file has changed
 */
export async function openExternalTeacher(folder: string): Promise<ExternalTeacher> {
  const manifest = await readTeacherManifest(folder);
  const { kind, classes, input } = manifest;
  const source = await readExternalSource(path.join(folder, kind === 'onnx' ? ONNX_FILE : TFJS_JSON));
  const files = new Map(source.files);
  const textFile = path.join(folder, TEXT_FILE);
  if (manifest.zeroShot !== undefined) files.set(TEXT_FILE, await readTextFile(textFile));
  for (const { name, sizeBytes, sha256: expected } of manifest.files) {
    const bytes = files.get(name);
    if (bytes?.length === sizeBytes && sha256(bytes) === expected) continue;
    throw new WinnowError('DATA_CORRUPT', `The teacher's file ${name} is not the one that was imported`, {
      where: path.join(folder, name),
      next: 'Import the teacher again.',
    });
  }
  if (source.kind !== kind || manifest.files.length !== files.size) {
    throw invalid(`it describes another model (${kind})`, path.join(folder, TEACHER_FILE));
  }
  const text = files.get(TEXT_FILE);
  const names = text === undefined ? undefined : readTextEmbeddings(text, textFile);
  const network = withNames(await source.open(manifest, input.size), names, { manifest, where: textFile });
  if (network.classCount === classes.length) return { network, manifest };
  network.dispose();
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `The teacher has ${network.classCount} outputs, its class list ${classes.length} names`,
    { where: path.join(folder, TEACHER_FILE), next: 'Import the teacher again with its whole class list.' },
  );
}

/** The text embeddings of a zero-shot teacher. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID for too many bytes */
export function readTextFile(file: string): Promise<Uint8Array> {
  return readLimited(file, MAX_TEXT_BYTES);
}

function withNames(
  network: ExternalNetwork,
  text: TextEmbeddings | undefined,
  { manifest: { zeroShot }, where }: { readonly manifest: TeacherManifest; readonly where: string },
): ExternalNetwork {
  if (text === undefined || zeroShot === undefined) return network;
  return zeroShotNetwork(network, text, { scale: zeroShot.logitScale / zeroShot.temperature, where });
}

function invalid(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The description of the teacher cannot be used: ${what}`, {
    where,
    next: 'Import the teacher again.',
  });
}
