import path from 'node:path';
import { type CommandSpec, type JsonValue, SQUARE_POLICIES, type SquarePolicy } from '@winnow/contracts';
import { engineOption } from './engine-option';
import { readNumbers } from './import-teacher';

const importCommand: CommandSpec = {
  name: 'import',
  summary: 'Make student.weights of a network of one of our architectures: ONNX or TF.js',
  arguments: [{ name: 'file', description: 'model.onnx, or model.json of a TF.js LayersModel', required: true }],
  options: [
    { flags: '--out <file>', description: 'weights to write', type: 'string', default: 'student-weights.safetensors' },
    { flags: '--force', description: 'replace a file that is there', type: 'boolean' },
    { flags: '--model <name>', description: 'architecture (default: the one that fits)', type: 'string' },
    { flags: '--images <images>', description: 'some hundred images, where batch normalisation was folded', type: 'repeated' }, // prettier-ignore
    { flags: '--size <pixels>', description: 'side of its input', type: 'integer', min: 32 },
    { flags: '--range <low,high>', description: 'where pixel values 0 to 255 are mapped to, such as 0,1 or -1,1', type: 'list' }, // prettier-ignore
    { flags: '--mean <r,g,b>', description: 'subtracted after that; one number stands for three', type: 'list' },
    { flags: '--std <r,g,b>', description: 'divided by after that; one number stands for three', type: 'list' },
    { flags: '--resize <how>', description: 'how images become square', type: 'string', choices: SQUARE_POLICIES, default: 'squash' }, // prettier-ignore
    { ...engineOption, default: 'auto' },
  ],
  examples: ['winnow student import mobilenet/model.json --range=-1,1 --images images/ --out mobilenet.safetensors'],
  async run({ arguments: given, options }, io) {
    const { importStudent } = await import('../student/import-student');
    const inCwd = (value: unknown): string => path.resolve(io.cwd, String(value));
    const result = await importStudent(
      {
        file: inCwd(given['file']),
        out: inCwd(options['out'] ?? 'student-weights.safetensors'),
        force: options['force'] === true,
        model: options['model'] as string | undefined,
        images: ((options['images'] ?? []) as readonly string[]).map(inCwd),
        size: options['size'] as number | undefined,
        range: readNumbers(options['range'], '--range', 2),
        mean: readNumbers(options['mean'], '--mean', 3),
        std: readNumbers(options['std'], '--std', 3),
        resize: (options['resize'] ?? 'squash') as SquarePolicy,
        engine: (options['engine'] ?? 'auto') as 'auto',
      },
      io,
    );
    const { out, model, parameters, unfolded, images, notes } = result;
    const norms = unfolded === 0 ? '' : `, ${unfolded} folded batch norms made real by ${images} images`;
    const shown = path.relative(io.cwd, out);
    return {
      exitCode: 0,
      json: result as unknown as Record<string, JsonValue>,
      text: [
        `Wrote ${shown}: ${model}, ${parameters} parameters${norms}.`,
        ...notes,
        `In the project: student: { weights: ${shown} }`,
      ],
    };
  },
};

export const studentCommand: CommandSpec = {
  name: 'student',
  summary: 'Import weights that students begin with',
  arguments: [],
  options: [],
  subcommands: [importCommand],
};
