import path from 'node:path';
import { loadProject } from '@winnow/config';
import { type CommandSpec, SQUARE_POLICIES, type SquarePolicy } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import { importTeacherCommand } from './import-teacher';
import { engineOption } from './engine-option';

const trainTeacher: CommandSpec = {
  name: 'train',
  summary: 'Train a network on images with right labels, to be a teacher',
  arguments: [{ name: 'images', description: 'folder per class, or a tar of CLASS/NAME files', required: true }],
  options: [
    { flags: '--out <file>', description: 'weights to write', type: 'string', default: 'teacher.safetensors' },
    { flags: '--force', description: 'replace weights that are there', type: 'boolean' },
    { flags: '--model <name>', description: 'architecture', type: 'string', default: 'resnet20' },
    {
      flags: '--classes <list>',
      description: 'class names in order (default: those of the folders, sorted)',
      type: 'list',
    },
    { flags: '--test <images>', description: 'labelled images to measure it on', type: 'string' },
    { flags: '--size <pixels>', description: 'side of its input', type: 'integer', min: 1, default: 32 },
    {
      flags: '--resize <how>',
      description: "how images become square: as the data set's (build.resize) will",
      type: 'string',
      choices: SQUARE_POLICIES,
      default: 'squash',
    },
    { flags: '--epochs <n>', description: 'passes over the images', type: 'integer', min: 1, default: 20 },
    { flags: '--batch <n>', description: 'images in a step', type: 'integer', min: 1, default: 128 },
    {
      flags: '--learning-rate <x>',
      description: 'at the start; falls to zero on a cosine',
      type: 'number',
      min: 0,
      default: 0.1,
    },
    { flags: '--seed <n>', description: 'seed of weights and batches', type: 'integer', min: 0, default: 1 },
    { ...engineOption, default: 'auto' },
  ],
  examples: ['winnow teacher train images/train --test images/test --epochs 20 --out teacher.safetensors'],
  async run(input, io) {
    const { trainTeacherNetwork } = await import('../teacher/train-teacher-network');
    const { options } = input;
    const inCwd = (value: unknown): string => path.resolve(io.cwd, String(value));
    const result = await trainTeacherNetwork(
      {
        images: inCwd(input.arguments['images']),
        out: inCwd(options['out']),
        force: options['force'] === true,
        model: String(options['model']),
        classes: options['classes'] as readonly string[] | undefined,
        test: options['test'] === undefined ? undefined : inCwd(options['test']),
        size: Number(options['size']),
        resize: (options['resize'] ?? 'squash') as SquarePolicy,
        epochs: Number(options['epochs']),
        batch: Number(options['batch']),
        learningRate: Number(options['learningRate']),
        seed: Number(options['seed']),
        engine: options['engine'] as 'auto',
      },
      io,
    );
    const measured =
      result.accuracy === null ? 'no test images were named' : `test accuracy ${percentText(result.accuracy)}`;
    return {
      exitCode: 0,
      json: { ...result, classes: [...result.classes] },
      text: [
        result.seconds === null
          ? `Finished earlier: ${result.out}: ${result.model}, ${result.classes.length} classes, ${measured}.`
          : `Wrote ${result.out}: ${result.model}, ${result.classes.length} classes, ${measured}, ${result.seconds.toFixed(0)} s.`,
      ],
    };
  },
};

const checkCommand: CommandSpec = {
  name: 'check',
  summary: "Tell whether a project's teacher knows its classes and takes images of its size, and whether it can train",
  arguments: [{ name: 'project', description: 'project file', required: true }],
  options: [
    {
      flags: '--write',
      description: 'write teacher.rename into the project file for classes to which one name of the teacher is near',
      type: 'boolean',
    },
  ],
  examples: ['winnow teacher check birds.yaml', 'winnow teacher check birds.yaml --write'],
  async run(input, io) {
    const { requireReadyProject } = await import('../project-checks');
    const load = () => loadProject(String(input.arguments['project']), { cwd: io.cwd, env: io.env });
    let config = await load();
    if (input.options['write'] === true) {
      const { suggestRenames, writeRenames } = await import('../teacher/suggest-renames');
      const renames = await suggestRenames(config);
      const isSome = Object.keys(renames).length > 0;
      // Said at once: what is wrong otherwise must not hide that the file has changed.
      const lines = isSome ? await writeRenames(config.paths.file, renames) : ['No class has exactly one near name.'];
      for (const line of lines) io.log(line);
      config = await load();
    }
    const { file, classCount, size, notes } = await requireReadyProject(config);
    const known = `${config.classes.length} of its ${classCount} classes are the project's`;
    return {
      exitCode: 0,
      json: { teacher: file, classCount, size, notes: [...notes] },
      text: [
        `${path.relative(io.cwd, file)}: ${known}, and it takes images of ${size} px, as the data set's are.`,
        ...notes,
      ],
    };
  },
};

export const teacherCommand: CommandSpec = {
  name: 'teacher',
  summary: 'Train, import or check a teacher',
  arguments: [],
  options: [],
  subcommands: [trainTeacher, importTeacherCommand, checkCommand],
};
