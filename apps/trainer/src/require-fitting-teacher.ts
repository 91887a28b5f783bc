import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { type InputSpec, WinnowError } from '@winnow/contracts';
import { readTeacherManifest, TEACHER_FILE } from '@winnow/models';
import { type ClassNames, classColumns } from '@winnow/training';
import { describeOwnNetwork, requireTeacher } from './load-teacher';

/**
 * Whether the project's teacher knows its classes and takes pictures of the size of its data set: from what its files
 * say, without an engine, so that nobody crawls for hours for a teacher that cannot be used.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID, TEACHER_MISMATCH
 */
export async function requireFittingTeacher(config: ProjectConfig): Promise<FittingTeacher> {
  const { file, classes, input, rename } = await describeTeacher(config);
  const names = config.classes.map(({ name }) => name);
  classColumns(classes, names, { ...rename, ...config.teacher?.rename });
  const size = config.train.size ?? config.build.size;
  if (input.size === size) return { file, classCount: classes.length, size };
  throw new WinnowError(
    'CONFIG_INVALID',
    `The teacher takes pictures of ${input.size} px, the data set's are ${size}`,
    {
      where: `${config.paths.file}, key ${config.train.size === undefined ? 'build' : 'train'}.size`,
      next: `Make it ${input.size}: student and teacher see the same pictures.`,
    },
  );
}

/** A teacher that fits its project. */
export interface FittingTeacher {
  /** Weights file, or folder of an imported teacher. */
  readonly file: string;
  readonly classCount: number;
  /** Side of its input, pixels. */
  readonly size: number;
}

interface Description {
  readonly file: string;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  readonly rename: ClassNames;
}

async function describeTeacher(config: ProjectConfig): Promise<Description> {
  const settings = requireTeacher(config);
  const { weights, model, classes } = settings;
  const input = settings.input as InputSpec | undefined;
  const file = path.resolve(config.paths.root, weights);
  const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder && path.basename(file) !== TEACHER_FILE) {
    return { ...(await describeOwnNetwork(file, { model, classes, input })), file, rename: {} };
  }
  const manifest = await readTeacherManifest(isFolder ? file : path.dirname(file));
  return { file, classes: classes ?? manifest.classes, input: input ?? manifest.input, rename: manifest.rename };
}
