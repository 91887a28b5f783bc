import { readFile } from 'node:fs/promises';
import type { CommandIo } from '@winnow/contracts';
import { decodeSafetensors, readExternalSource, readWeightsMetadata } from '@winnow/models';
import { startTensorEngine } from '../start-tensor-engine';
import { importCommandLine, knownFlags } from './import-command-line';
import { type ImportJob, requireTeacherFile } from './import-job';
import { type InspectedTensor, type Inspection, inspectTeacher } from './inspect-teacher';

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

/** For a terminal: what the file says, and the command to copy. */
export function describeInspection({ file, inspection, weights, notes, command }: InspectedTeacher): string[] {
  return [
    ...(weights === null
      ? []
      : [
          `${file}: safetensors, ${weights.tensors} tensors, architecture ${weights.model ?? 'not said'}`,
          `  classes  ${weights.classCount ?? 'not said'}`,
        ]),
    ...(inspection === null ? [] : describeGraph(file, inspection)),
    ...notes,
    'To import it, replace what is in <...>:',
    command,
  ];
}

function describeGraph(file: string, inspection: NonNullable<InspectedTeacher['inspection']>): string[] {
  const { kind, producer, opset, inputs, outputs, layout, size, externalFiles, classCount, failure } = inspection;
  const made = [
    kind,
    ...(producer === null ? [] : [`made by ${producer}`]),
    ...(opset === null ? [] : [`opset ${opset}`]),
    ...(externalFiles.length === 0 ? [] : [`weights in ${externalFiles.slice(0, 3).join(', ')}`]),
  ].join(', ');
  const rows = [
    ...inputs.map(({ name, type, shape }) => ['input', name, `${type} ${shapeText(shape)}`, inputText(layout, size)]),
    ...outputs.map((tensor) => [
      tensor.isOutput ? 'output' : 'within',
      tensor.name,
      `${tensor.type} ${shapeText(tensor.shape)}`,
      roleText(tensor, classCount),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return [
    `${file}: ${made}`,
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
    failure === null
      ? 'Outputs were tried on noise; `within` are tensors inside the graph, which can be named too.'
      : `The trial run on noise failed: ${failure}`,
  ];
}

function shapeText(shape: InspectedTensor['shape']): string {
  return shape.length === 0 ? '' : `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}

function inputText(layout: string | null, size: number | null): string {
  return [layout ?? 'axes not said', size === null ? 'any size' : `${size} px`].join(', ');
}

function roleText({ role }: InspectedTensor, classCount: number | null): string {
  if (role === null) return '';
  return role === 'logits' || role === 'probabilities' ? `${role} of ${classCount} classes` : role;
}
