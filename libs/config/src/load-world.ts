import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { inputSpecSchema, WinnowError } from '@winnow/contracts';
import { nameSchema } from './name-schema';

/** Describes a world, in its folder. */
export const WORLD_FILE = 'world.json';

const fileSchema = z.string().min(1).max(4096);

const worldSchema = z.object({
  name: nameSchema,
  classes: z.array(nameSchema).min(2).max(100_000),
  size: z.int().min(8).max(1024),
  /** Tars, gzipped or not, that hold the images. */
  images: z.array(fileSchema).min(1).max(100),
  pool: fileSchema,
  test: fileSchema.optional(),
  /** Architecture of the student that it is meant for. */
  student: z.string().min(1).max(100).optional(),
  /** What the student begins with: a safetensors file. */
  studentWeights: fileSchema.optional(),
  teacher: z
    .object({
      weights: fileSchema,
      model: z.string().min(1).max(100).optional(),
      classes: z.array(nameSchema).min(2).optional(),
      /** Its names, or #NUMBER of the output, of classes that it calls otherwise. */
      rename: z.record(nameSchema, z.string().min(1).max(500)).optional(),
      input: inputSpecSchema.optional(),
    })
    .optional(),
});

/** A pool made for measuring: images under given labels, of which more is known. File names are relative to its folder. */
export type World = Readonly<z.infer<typeof worldSchema>>;

/** Reads a world.json. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID naming the key */
export async function loadWorld(file: string): Promise<World> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The description of the world cannot be read', {
      where: file,
      next: 'Check the path.',
      cause,
    });
  });
  const result = worldSchema.safeParse(parseJson(text, file));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new WinnowError('FORMAT_INVALID', `Not the description of a world: ${issue?.message ?? 'unreadable'}`, {
    where: `${file}, key ${issue?.path.join('.') || '(top level)'}`,
    next: `A world has ${Object.keys(worldSchema.shape).join(', ')}: docs/worlds.md says what they are.`,
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const { message } = error as Error;
    throw new WinnowError('FORMAT_INVALID', `The description of the world is not JSON: ${message}`, {
      where: file,
      next: 'Correct it there.',
      cause: error,
    });
  }
}
