import type { ProjectConfig } from '@winnow/config';
import { RESIZE_POLICIES, squareAsLearnt, WinnowError } from '@winnow/contracts';
import { classColumns, classSynonyms, describeSynonyms, METHODS } from '@winnow/training';
import { describeTeacherNetwork } from './load-teacher';

/**
 * Whether the project's teacher knows its classes, takes images of the size of its data set and gives what its method
 * needs: from what files say, without an engine.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID, TEACHER_MISMATCH
 */
export async function requireFittingTeacher(config: ProjectConfig): Promise<FittingTeacher> {
  const { file, classes, input, rename, hasFeatureMap, resize } = await describeTeacherNetwork(config);
  const names = config.classes.map(({ name }) => name);
  const renamed = { ...rename, ...config.teacher?.rename };
  classColumns(classes, names, renamed);
  const taken = describeSynonyms(classSynonyms(classes, names, renamed));
  const { method } = config.train;
  if (METHODS[method].needsFeatureMap === true && !hasFeatureMap) {
    throw new WinnowError('TEACHER_MISMATCH', `${method} needs feature maps, which this teacher does not give`, {
      where: file,
      next: 'Import it again with --features and --feature-map, or choose another train.method.',
    });
  }
  const size = config.train.size ?? config.build.size;
  if (input.size === size) {
    const enlarged = enlargedNote(config, config.build.size);
    const notes = [taken, ...resizeNotes(resize, config), enlarged].filter((note) => note !== null);
    return { file, classCount: classes.length, size, notes };
  }
  throw new WinnowError('CONFIG_INVALID', `The teacher takes images of ${input.size} px, the data set's are ${size}`, {
    where: `${config.paths.file}, key ${config.train.size === undefined ? 'build' : 'train'}.size`,
    next: `Make it ${input.size}: student and teacher see the same images.`,
  });
}

/** Images that are stretched where the teacher learnt from their middle cost it accuracy, and nothing fails. */
function resizeNotes(resize: string | undefined, { build, paths }: ProjectConfig): readonly string[] {
  if (!RESIZE_POLICIES.some((policy) => policy === resize)) return [];
  const [theirs, ours] = [resize, build.resize].map((policy) => squareAsLearnt(undefined, policy));
  if (theirs === ours) return [];
  return [
    `The teacher learnt from images made square by ${theirs}, the data set's are by ${ours}: unless that is meant, set build.resize to ${theirs} in ${paths.file}.`,
  ];
}

/** A teacher that fits its project. */
export interface FittingTeacher {
  /** Weights file, or folder of an imported teacher. */
  readonly file: string;
  readonly classCount: number;
  /** Side of its input, pixels. */
  readonly size: number;
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/**
 * What a person should know where images are enlarged on the way to the networks; null where they are not.
 * @param builtSize side of the data set's images, pixels
 */
export function enlargedNote({ train }: Pick<ProjectConfig, 'train'>, builtSize: number): string | null {
  const { size } = train;
  if (size === undefined || size <= builtSize) return null;
  return `The data set's images of ${builtSize} px are enlarged to ${size} (train.size), which blurs them, while test images come from their files: set build.size to ${size} and build again.`;
}
