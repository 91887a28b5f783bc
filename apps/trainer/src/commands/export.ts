import path from 'node:path';
import { EXPORT_FORMATS, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandSpec, ExportFormat, JsonValue } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { ProjectRun } from '../student/project-runs';
import type { ExportResult } from '../export/export-network';
import { type SquarePolicy, SQUARE_POLICIES } from '../pictures/square-as-learnt';
import { engineOption } from './engine-option';

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: 'Write a trained network as ONNX, TF.js and safetensors, each compared with it',
  arguments: [
    {
      name: 'source',
      description: 'project file, safetensors file, or folder of a run or of an export',
      required: true,
    },
  ],
  options: [
    {
      flags: '--run <folder>',
      description:
        'run of the project, by folder or bare name, or `best`: that of the highest test accuracy (default: the one started last, of whatever method)',
      type: 'string',
    },
    {
      flags: '--format <list>',
      description: 'safetensors, onnx, tfjs, or all (default: all)',
      type: 'list',
      choices: [...EXPORT_FORMATS, 'all'],
    },
    { flags: '--out <folder>', description: 'folder to write (default: export/NAME)', type: 'string' },
    {
      flags: '--raw',
      description: 'ONNX and TF.js take values from 0 to 255 and normalise them themselves',
      type: 'boolean',
    },
    {
      flags: '--check <pictures>',
      description: 'pictures, or a folder per class, to compare answers on (default: noise)',
      type: 'repeated',
    },
    {
      flags: '--resize <how>',
      description: "how those pictures become square (default: as the model's own did, else squash)",
      type: 'string',
      choices: SQUARE_POLICIES,
    },
    { ...engineOption, default: 'wasm' },
  ],
  examples: [
    'winnow export birds.yaml --check pictures/test',
    'winnow export birds.yaml --run best --format onnx',
    'winnow export student.safetensors --format onnx --raw --out web/model',
  ],
  async run(input, io) {
    const { exportedWeights } = await import('../export/exported-weights');
    const { exportNetwork } = await import('../export/export-network');
    const { options } = input;
    const named = (options['format'] ?? ['all']) as readonly string[];
    const formats = EXPORT_FORMATS.filter((format) => named.includes('all') || named.includes(format));
    requireUsefulFlags(options, formats);
    const source = String(input.arguments['source']);
    const { file, name, run } = await exportedWeights(source, options['run'] as string | undefined, io);
    const result = await exportNetwork(
      {
        weights: file,
        formats,
        out: path.resolve(io.cwd, String(options['out'] ?? path.join('export', name))),
        raw: options['raw'] === true,
        check: ((options['check'] ?? []) as readonly string[]).map((place) => path.resolve(io.cwd, place)),
        resize: options['resize'] as SquarePolicy | undefined,
        engine: options['engine'] as 'wasm',
      },
      io,
    );
    return {
      exitCode: 0,
      json: { weights: file, ...(run === undefined ? {} : { accuracy: run.accuracy }), ...result } as unknown as Record<
        string,
        JsonValue
      >,
      text: [`Exported ${file}`, ...(run === undefined ? [] : [describeChoice(run)]), ...describe(result)],
    };
  },
};

/** What would change nothing was meant to. @throws WinnowError USAGE */
function requireUsefulFlags(options: CommandInput['options'], formats: readonly ExportFormat[]): void {
  if (options['raw'] === true && formats.join() === 'safetensors') {
    throw new WinnowError('USAGE', 'Safetensors hold weights only, which take no pictures', {
      where: '--raw',
      next: 'Leave it out, or add onnx or tfjs to --format.',
    });
  }
  if (options['resize'] === undefined || options['check'] !== undefined) return;
  throw new WinnowError('USAGE', 'There are no pictures to make square', {
    where: '--resize',
    next: 'Leave it out, or name pictures with --check.',
  });
}

/** How good the run is, and which others there are to choose. */
export function describeChoice({ method, seed, epochs, accuracy, isNewest, isBest }: ProjectRun): string {
  const marks = [...(isNewest ? ['the newest run'] : []), ...(isBest ? ['the best one'] : [])];
  const measured = accuracy === null ? 'not measured on test images' : `test accuracy ${percentText(accuracy)}`;
  const which = marks.length === 0 ? '' : `; ${marks.join(' and ')}`;
  return `${method}, seed ${seed}, ${epochs ?? '?'} epochs: ${measured}${which}.`;
}

function describe({ out, model, classCount, exports, pictures, isNoise }: ExportResult): string[] {
  return [
    `to ${out}: ${model}, ${classCount} classes; compared on ${pictures} ${isNoise ? 'pictures of noise' : 'pictures'}:`,
    ...exports.map(({ format, difference, files }) => {
      const [first] = files;
      const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      const cells = [format.padEnd(12), String(first?.name).padEnd(20), megabytes(sizeBytes).padStart(9)];
      return `${cells.join('')}   largest difference of a logit ${difference.toExponential(1)} of the largest`;
    }),
  ];
}

function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e6).toFixed(2)} MB`;
}
