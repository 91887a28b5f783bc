import path from 'node:path';
import {
  type CommandSpec,
  type JsonValue,
  type OptionSpec,
  SQUARE_POLICIES,
  type SquarePolicy,
  type TensorLayout,
  WinnowError,
} from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { CheckRow } from '../import-teacher/check-teacher';
import type { ImportedTeacher } from '../import-teacher/import-teacher';
import { readZeroShotFlags, ZERO_SHOT_OPTIONS } from '../import-teacher/zero-shot-flags';
import { describeInspection } from '../import-teacher/inspect-teacher-file';
import { type ImportJob, PRESET_NAMES, type PresetName, type TeacherFlags } from '../import-teacher/import-job';
import { engineOption } from './engine-option';

const text = (flags: string, description: string): OptionSpec => ({ flags, description, type: 'string' });
const list = (flags: string, description: string): OptionSpec => ({ flags, description, type: 'list' });
const LAYOUTS = ['nchw', 'nhwc'];

export const importTeacherCommand: CommandSpec = {
  name: 'import',
  summary: 'Make a teacher of a network from elsewhere: safetensors, ONNX or TF.js',
  arguments: [{ name: 'file', description: 'model.safetensors, model.onnx, or model.json of TF.js', required: true }],
  options: [
    text('--out <path>', 'file (safetensors) or folder to write; default: teacher.safetensors, teacher'),
    {
      flags: '--force',
      description: 'write it although it recognises no more than chance; of safetensors: replace weights not imported',
      type: 'boolean',
    },
    {
      flags: '--inspect',
      description: 'only say what the file holds, with the command that imports it; nothing is written',
      type: 'boolean',
    },
    text('--model <name>', 'architecture, for safetensors; see `winnow models`'),
    list('--classes <list>', 'names of its outputs, in order'),
    text('--labels <file>', 'the same from a file, one name a line'),
    { flags: '--size <pixels>', description: 'side of its input', type: 'integer', min: 1 },
    {
      ...text('--preset <name>', 'range, mean, std and resize of a kind of network, where no flag says otherwise'),
      choices: PRESET_NAMES,
    },
    list('--range <low,high>', 'where pixel values 0 to 255 are mapped to before normalisation, such as 0,1 or -1,1'),
    list('--mean <r,g,b>', 'subtracted after that; one number stands for three'),
    list('--std <r,g,b>', 'divided by after that; one number stands for three'),
    { ...text('--layout <axes>', 'axes of its input (ONNX, TF.js)'), choices: LAYOUTS },
    text('--logits <name>', 'output with the logits, before any softmax (ONNX, TF.js)'),
    text('--features <name>', 'output with the pooled features before the classifier (ONNX, TF.js)'),
    text('--feature-map <name>', 'output with the last feature map (ONNX, TF.js)'),
    { ...text('--feature-map-layout <axes>', 'axes of the feature map (ONNX, TF.js)'), choices: LAYOUTS },
    {
      flags: '--logits-only',
      description: 'do without features: not for fitnet, simkd, kd3 and modul',
      type: 'boolean',
    },
    {
      flags: '--probabilities',
      description: 'the output holds probabilities: take their logarithm',
      type: 'boolean',
    },
    {
      flags: '--rename <ours=theirs>',
      description: 'its name of a class of ours, or #NUMBER of the output',
      type: 'repeated',
    },
    { flags: '--check <images>', description: 'images, or a folder per class, to try it on', type: 'repeated' },
    {
      flags: '--resize <how>',
      description: 'how its images become square, these and later ones (default: as the file says, else squash)',
      type: 'string',
      choices: SQUARE_POLICIES,
    },
    ...ZERO_SHOT_OPTIONS,
    { ...engineOption, default: 'wasm' },
  ],
  examples: [
    'winnow teacher import model.onnx --inspect',
    'winnow teacher import model.onnx --logits logits --features pooled --labels names.txt --preset imagenet --check images/test',
    'winnow teacher import resnet20.safetensors --model resnet20 --labels names.txt --size 32 --range 0,1 --mean 0.49,0.48,0.45 --std 0.25,0.24,0.26 --check images/test',
    'winnow teacher import model.onnx --layout nchw --logits logits --features pooled --feature-map map --feature-map-layout nchw --labels names.txt --size 224 --range 0,1 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --check images/test',
  ],
  async run(input, io) {
    const { options } = input;
    const flags = await readFlags(options, io.cwd);
    const shownFile = String(input.arguments['file']);
    const file = path.resolve(io.cwd, shownFile);
    const out = options['out'] ?? (file.endsWith('.safetensors') ? 'teacher.safetensors' : 'teacher');
    const job: ImportJob = {
      ...{ file, shownFile, out: path.resolve(io.cwd, String(out)), force: options['force'] === true },
      flags,
      zeroShot: readZeroShotFlags(options, flags, io.cwd),
      preset: options['preset'] as PresetName | undefined,
      check: ((options['check'] ?? []) as readonly string[]).map((location) => path.resolve(io.cwd, location)),
      resize: options['resize'] as SquarePolicy | undefined,
      engine: options['engine'] as 'wasm',
    };
    if (options['inspect'] === true) {
      const { inspectTeacherFile } = await import('../import-teacher/inspect-teacher-file');
      const found = await inspectTeacherFile(job, io);
      return {
        exitCode: 0,
        json: { ...found } as unknown as Record<string, JsonValue>,
        text: describeInspection(found),
      };
    }
    const { importTeacher } = await import('../import-teacher/import-teacher');
    const result = await importTeacher(job, io);
    return { exitCode: 0, json: { ...result } as unknown as Record<string, JsonValue>, text: describe(result) };
  },
};

async function readFlags(options: Readonly<Record<string, unknown>>, cwd: string): Promise<TeacherFlags> {
  const { readClassLabels, readRenames } = await import('../import-teacher/import-job');
  const named = (key: string): string | undefined => options[key] as string | undefined;
  const labels = named('labels');
  if (labels !== undefined && options['classes'] !== undefined) {
    throw new WinnowError('USAGE', 'The class list is given twice', {
      where: '--classes, --labels',
      next: 'Keep one of them.',
    });
  }
  return {
    model: named('model'),
    classes:
      labels === undefined
        ? (options['classes'] as readonly string[] | undefined)
        : await readClassLabels(path.resolve(cwd, labels)),
    size: options['size'] as number | undefined,
    range: readNumbers(options['range'], '--range', 2),
    mean: readNumbers(options['mean'], '--mean', 3),
    std: readNumbers(options['std'], '--std', 3),
    layout: options['layout'] as TensorLayout | undefined,
    logits: named('logits'),
    features: named('features'),
    featureMap: named('featureMap'),
    featureMapLayout: options['featureMapLayout'] as TensorLayout | undefined,
    probabilities: options['probabilities'] === true,
    logitsOnly: options['logitsOnly'] === true,
    rename: readRenames((options['rename'] ?? []) as readonly string[]),
  };
}

/** The numbers of a flag; one stands for three. @throws WinnowError USAGE for another count */
export function readNumbers(value: unknown, flag: string, count: number): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const numbers = (value as readonly string[]).map(Number);
  const spread = count === 3 && numbers.length === 1 ? [...numbers, ...numbers, ...numbers] : numbers;
  if (spread.length === count && spread.every(Number.isFinite)) return spread;
  throw new WinnowError('USAGE', `${flag} takes ${count} numbers between commas`, { where: flag, next: 'Correct it.' });
}

/** For a terminal: what was written, what it says to the images, and what a person should know. */
function describe({ out, kind, classCount, input, check, isChecked, notes }: ImportedTeacher): string[] {
  const { logits, features, featureMap } = check.shapes;
  const [, dim] = features;
  const shapes = [
    ...(dim === 0 ? [] : [`, ${dim} features`]),
    ...(featureMap === null ? [] : [`, feature map ${featureMap.slice(1).join(' x ')}`]),
  ].join('');
  return [
    ...(isChecked ? table(check.rows) : []),
    ...(check.accuracy === null
      ? []
      : [`Recognised: ${percentText(check.accuracy, { digits: 1 })} of the labelled images.`]),
    `Wrote ${out}: ${kind}, ${classCount} classes, input ${input.size} px${shapes}; ${logits[0]} images tried.`,
    ...(isChecked ? [] : ['Only noise was tried: --check IMAGES shows whether classes and normalisation are right.']),
    ...notes,
  ];
}

const SHOWN = 24;

function table(rows: readonly CheckRow[]): string[] {
  const cells = rows
    .slice(0, SHOWN)
    .map(({ image, top }) => [
      clip(image, 36),
      ...top.map(({ className, probability }) => `${clip(className, 22)} ${percentText(probability, { digits: 1 })}`),
    ]);
  const all = [['image', 'first', 'second', 'third'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return rows.length > SHOWN ? [...lines, `and ${rows.length - SHOWN} more`] : lines;
}

function clip(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}
