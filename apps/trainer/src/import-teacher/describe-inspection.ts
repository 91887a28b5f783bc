import type { InspectedTeacher } from './inspect-teacher-file';
import type { InspectedTensor } from './inspect-teacher';

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
