import path from 'node:path';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, SQUARE_POLICIES, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandSpec, ExportFormat, JsonValue, SquarePolicy } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { ExportKind, ExportResult } from '../export/export-job';
import type { ExportSources } from '../export/export-images';
import { exportLines } from '../export/export-table';
import type { ProjectRun } from '../student/project-runs';
import { engineOption } from './engine-option';

/** Of weights that are of no project. */
const NO_IMAGES = { test: undefined, pool: undefined };

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: 'Write a trained network as ONNX, TF.js and safetensors in float32, float16 and int8, each measured',
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
      description: 'safetensors, onnx, tfjs, or all that have layers for the network (default: all)',
      type: 'list',
      choices: [...EXPORT_FORMATS, 'all'],
    },
    {
      flags: '--precision <list>',
      description:
        'float32, float16, int8, or all (default: all; int8 where there are images to calibrate it on, and not as safetensors)',
      type: 'list',
      choices: [...EXPORT_PRECISIONS, 'all'],
    },
    { flags: '--out <folder>', description: 'folder to write (default: export/NAME)', type: 'string' },
    {
      flags: '--raw',
      description: 'ONNX and TF.js take values from 0 to 255 and normalise them themselves',
      type: 'boolean',
    },
    {
      flags: '--check <images>',
      description:
        "images, or a folder per class, to measure on (default: the project's test images, or its pool, else noise)",
      type: 'repeated',
    },
    {
      flags: '--calibrate <images>',
      description: "images, or folders, to choose the ranges of int8 by (default: the project's pool)",
      type: 'repeated',
    },
    {
      flags: '--resize <how>',
      description: "how those images become square (default: as the model's own did, else squash)",
      type: 'string',
      choices: SQUARE_POLICIES,
    },
    { ...engineOption, default: 'wasm' },
  ],
  examples: [
    'winnow export birds.yaml --check images/test',
    'winnow export birds.yaml --run best --format onnx',
    'winnow export student.safetensors --format onnx --precision int8 --calibrate images/pool',
    'winnow export student.safetensors --format tfjs --raw --out web/model',
  ],
  async run(input, io) {
    const { exportedWeights } = await import('../export/exported-weights');
    const { exportNetwork } = await import('../export/export-network');
    const { exportKinds } = await import('../export/export-job');
    const { projectImages } = await import('../export/export-images');
    const { options } = input;
    const named = (options['format'] ?? ['all']) as readonly string[];
    const formats = EXPORT_FORMATS.filter((format) => named.includes('all') || named.includes(format));
    const namedPrecisions = (options['precision'] ?? ['all']) as readonly string[];
    const source = String(input.arguments['source']);
    const { file, name, run, config } = await exportedWeights(source, options['run'] as string | undefined, io);
    const pathsOf = (key: string) =>
      ((options[key] ?? []) as readonly string[]).map((one) => path.resolve(io.cwd, one));
    const own = config === undefined || run === undefined ? NO_IMAGES : await projectImages(config, run);
    const sources = { check: pathsOf('check'), calibrate: pathsOf('calibrate'), ...own };
    const canCalibrate = sources.calibrate.length > 0 || sources.pool !== undefined;
    const isAll = namedPrecisions.includes('all');
    const precisions = EXPORT_PRECISIONS.filter(
      (precision) => namedPrecisions.includes(precision) || (isAll && (precision !== 'int8' || canCalibrate)),
    );
    const kinds = exportKinds(formats, precisions);
    requireUsefulFlags(options, { formats, kinds, sources });
    const result = await exportNetwork(
      {
        weights: file,
        kinds,
        allFormats: named.includes('all'),
        out: path.resolve(io.cwd, String(options['out'] ?? path.join('export', name))),
        raw: options['raw'] === true,
        sources,
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
      text: [
        `Exported ${file}`,
        ...(run === undefined ? [] : [describeChoice(run)]),
        ...describe(result),
        ...(result.leftOut.length === 0 ? [] : [`TF.js was left out: it has no layers for ${result.model}.`]),
        ...(precisions.includes('int8') || !isAll || formats.join() === 'safetensors'
          ? []
          : ['int8 was left out: it takes some hundred images to choose its ranges by (--calibrate FOLDER).']),
      ],
    };
  },
};

/** What would change nothing was meant to. @throws WinnowError USAGE */
function requireUsefulFlags(
  options: CommandInput['options'],
  {
    formats,
    kinds,
    sources: { check, calibrate, test, pool },
  }: {
    readonly formats: readonly ExportFormat[];
    readonly kinds: readonly ExportKind[];
    readonly sources: ExportSources;
  },
): void {
  const problems: readonly (readonly [boolean, string, string, string])[] = [
    [
      options['raw'] === true && formats.join() === 'safetensors',
      'Safetensors hold weights only, which take no images',
      '--raw',
      'Leave it out, or add onnx or tfjs to --format.',
    ],
    [
      options['resize'] !== undefined && check.length + calibrate.length === 0 && (test ?? pool) === undefined,
      'There are no images to make square',
      '--resize',
      'Leave it out, or name images with --check.',
    ],
    [
      kinds.length === 0,
      'There are no int8 safetensors that others would read',
      '--precision',
      'Add float16 to it, or onnx or tfjs to --format.',
    ],
    [
      options['calibrate'] !== undefined && !kinds.some(({ precision }) => precision === 'int8'),
      'Only int8 is calibrated',
      '--calibrate',
      'Leave it out, or add int8 to --precision, and onnx or tfjs to --format.',
    ],
  ];
  const found = problems.find(([isProblem]) => isProblem);
  if (found !== undefined) throw new WinnowError('USAGE', found[1], { where: found[2], next: found[3] });
}

/** How good the run is, and which others there are to choose. */
export function describeChoice({ method, seed, epochs, accuracy, isNewest, isBest }: ProjectRun): string {
  const marks = [...(isNewest ? ['the newest run'] : []), ...(isBest ? ['the best one'] : [])];
  const measured = accuracy === null ? 'not measured on test images' : `test accuracy ${percentText(accuracy)}`;
  const which = marks.length === 0 ? '' : `; ${marks.join(' and ')}`;
  return `${method}, seed ${seed}, ${epochs ?? '?'} epochs: ${measured}${which}.`;
}

const ORIGINS: Readonly<Record<ExportResult['origin'], string>> = {
  named: 'images',
  test: 'test images of the project',
  pool: 'images of the pool',
  rest: 'of the images named for calibration',
  noise: 'images of noise',
};

function describe({ out, model, classCount, exports, images, origin, calibrated }: ExportResult): string[] {
  const int8 = calibrated === 0 ? '' : `; int8 calibrated on ${calibrated} others`;
  return [
    `to ${out}: ${model}, ${classCount} classes; compared on ${images} ${ORIGINS[origin]}${int8}:`,
    ...exportLines(exports),
    'agreement: same class as the network; difference: largest of a logit, of the largest logit.',
  ];
}
