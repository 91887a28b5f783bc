import path from 'node:path';
import { loadWorld, type World, WORLD_FILE } from '@winnow/config';
import { type CommandIo, type ImageSet, type InputSpec, WinnowError } from '@winnow/contracts';
import { type LoadedTeacher, loadNetwork, withClasses } from '../teacher/load-teacher';
import { loadWorldImages, type WorldImages } from './world-images';

/** What a split needs of a world. */
export interface OpenPool {
  readonly world: World;
  readonly folder: string;
  readonly pool: WorldImages;
  readonly teacher: LoadedTeacher;
}

/** A world in memory. Training gets `pool.images` and the teacher; the rest is for measuring. */
export interface OpenWorld extends OpenPool {
  readonly test: ImageSet;
}

/**
 * Reads a world's pool and teacher. An engine must be running.
 * @param source folder of a world.json, or the file
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, TEACHER_MISMATCH
 */
export async function openPool(source: string, io: Pick<CommandIo, 'signal' | 'log'>): Promise<OpenPool> {
  const file = worldFile(source);
  return openPoolOf(await loadWorld(file), file, io);
}

async function openPoolOf(
  world: World,
  file: string,
  { signal, log }: Pick<CommandIo, 'signal' | 'log'>,
): Promise<OpenPool> {
  const folder = path.dirname(file);
  if (world.teacher === undefined) {
    throw new WinnowError('FORMAT_INVALID', 'The world has no teacher', {
      where: file,
      next: 'Add `"teacher": { "weights": FILE }`.',
    });
  }
  // First: it takes no time.
  const teacher = await loadWorldTeacher(folder, world, log);
  try {
    requireSize(world, teacher, file);
    const pool = await loadWorldImages(folder, world, { table: { file: world.pool, classColumn: 'given' }, signal });
    return { world, folder, pool, teacher };
  } catch (error) {
    teacher.dispose();
    throw error;
  }
}

function requireSize({ size }: World, { input }: LoadedTeacher, where: string): void {
  if (size === input.size) return;
  throw new WinnowError(
    'TEACHER_MISMATCH',
    `The world's images are ${size} px wide, its teacher takes ${input.size} px`,
    {
      where: `${where}, key size`,
      next: `Make it ${input.size}: student and teacher see the same images.`,
    },
  );
}

/** Reads a world whole, its test images too. @throws WinnowError as openPool */
export async function openWorld(source: string, io: Pick<CommandIo, 'signal' | 'log'>): Promise<OpenWorld> {
  const file = worldFile(source);
  const world = await loadWorld(file);
  if (world.test === undefined) {
    throw new WinnowError('FORMAT_INVALID', 'The world has no test images', {
      where: file,
      next: 'Add `"test": FILE`, a table with the columns path and label; `winnow bench split` needs none.',
    });
  }
  const opened = await openPoolOf(world, file, io);
  const { folder } = opened;
  const table = { file: world.test, classColumn: 'label' } as const;
  try {
    const { images } = await loadWorldImages(folder, world, { table, signal: io.signal });
    return { ...opened, test: images };
  } catch (error) {
    opened.teacher.dispose();
    throw error;
  }
}

function worldFile(source: string): string {
  return path.basename(source) === WORLD_FILE ? source : path.join(source, WORLD_FILE);
}

async function loadWorldTeacher(
  folder: string,
  { teacher, classes }: World,
  log: CommandIo['log'],
): Promise<LoadedTeacher> {
  const { weights, model, classes: outputs, input, rename } = teacher as NonNullable<World['teacher']>;
  const network = await loadNetwork(path.resolve(folder, weights), {
    model,
    classes: outputs,
    ...(model !== undefined && { classesOtherwise: classes }),
    // What the network learnt with stands in its own file, where it stands anywhere.
    inputOtherwise: input as InputSpec | undefined,
  });
  if (input !== undefined && describeInput(input as InputSpec) !== describeInput(network.input)) {
    log(
      `${weights} says that it takes ${describeInput(network.input)}; teacher.input of the world, ${describeInput(input as InputSpec)}, is not used.`,
    );
  }
  return withClasses(network, classes, { rename: { ...network.rename, ...rename }, log });
}

function describeInput({ size, range, mean, std }: InputSpec): string {
  return `${size} px, range ${range.join(' to ')}, mean ${mean.join(' ')}, std ${std.join(' ')}`;
}
