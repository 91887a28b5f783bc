import { readFile } from 'node:fs/promises';
import type { CommandIo } from '@winnow/contracts';
import { decodeSafetensors, readExternalSource, readWeightsMetadata } from '@winnow/models';
import { startTensorEngine } from '../start-tensor-engine';
import { importCommandLine, knownFlags } from './import-command-line';
import type { ImportJob } from './import-teacher-job';
import { requireTeacherFile } from './import-teacher-source';
import { type Inspection, inspectTeacher } from './inspect-teacher';

/** What a file says, and the command that imports it. */
export interface InspectedTeacher {
  readonly file: string;
  /** Of ONNX and TF.js; null for safetensors. */
  readonly inspection: Inspection | null;
  /** Of safetensors. */
  readonly weights: {
    readonly tensors: number;
    readonly model: string | null;
    readonly classCount: number | null;
  } | null;
  readonly notes: readonly string[];
  readonly command: string;
}

/**
 * Reads a model file and tries it on noise; nothing is written.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function inspectTeacherFile(
  { file: named, shownFile = named, flags, preset, engine }: ImportJob,
  io: CommandIo,
): Promise<InspectedTeacher> {
  const file = await requireTeacherFile(named);
  if (file.endsWith('.safetensors')) {
    const bytes = await readFile(file);
    const { tensors } = decodeSafetensors(bytes, file);
    const { model, classes, input } = readWeightsMetadata(bytes, file);
    const hints = { model: model ?? undefined, classes: classes ?? undefined, ...input };
    const matrices = [...tensors.values()].filter(({ shape }) => shape.length === 2);
    const classCount = classes?.length ?? matrices.at(-1)?.shape[0] ?? null;
    const command = importCommandLine(shownFile, { ...knownFlags(flags, hints, null), preset });
    return { file, inspection: null, weights: { tensors: tensors.size, model, classCount }, notes: [], command };
  }
  await startTensorEngine(engine, io);
  const source = await readExternalSource(file);
  const inspection = await inspectTeacher(source, flags);
  const { input, ...hints } = source.hints;
  const command = importCommandLine(shownFile, { ...knownFlags(flags, { ...hints, ...input }, inspection), preset });
  return { file, inspection, weights: null, notes: source.notes, command };
}
