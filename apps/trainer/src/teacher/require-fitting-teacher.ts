import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { classColumns, METHODS } from '@winnow/training';
import { requireKnownSettings } from '../require-known-settings';
import { describeTeacherNetwork } from './load-teacher';

/**
 * Whether the project's teacher knows its classes, takes pictures of the size of its data set and gives what its method
 * needs, and that method its settings: from what files say, without an engine, so that nobody crawls for hours for a
 * teacher that cannot be used.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID, TEACHER_MISMATCH
 */
export async function requireFittingTeacher(config: ProjectConfig): Promise<FittingTeacher> {
  requireKnownSettings(config);
  const { file, classes, input, rename, hasFeatureMap } = await describeTeacherNetwork(config);
  const names = config.classes.map(({ name }) => name);
  classColumns(classes, names, { ...rename, ...config.teacher?.rename });
  const { method } = config.train;
  if (METHODS[method].needsFeatureMap === true && !hasFeatureMap) {
    throw new WinnowError('TEACHER_MISMATCH', `${method} needs feature maps, which this teacher does not give`, {
      where: file,
      next: 'Import it again with --features and --feature-map, or choose another train.method.',
    });
  }
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
