import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { nameSchema, PROJECT_SCHEMA_FILE, projectFileText, projectJsonSchema } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import type { ImportSource } from './sources/import-source';
import { visibleEntries } from './sources/list-files';
import { shorten } from './shorten';
import type { WorldSource } from './sources/world-source';

const SMALL = { size: 32, model: 'resnet8' };
const PHOTOGRAPHS_MODEL = 'mobilenetv1-025';

/**
 * Writes a project file for what a source holds; of a world also its student, teacher, test images, and truth where it is told.
 * @param file absolute; what is there is replaced
 * @param photographSize side to build photographs at, pixels; null for small images. A world says its own
 * @returns the class names
 * @throws WinnowError FORMAT_INVALID for fewer than two classes or a name that no class may have; FILE_NOT_WRITABLE
 */
export async function writeProject(
  file: string,
  source: ImportSource,
  { where, photographSize = null }: { readonly where: string; readonly photographSize?: number | null },
): Promise<readonly string[]> {
  const classes = await source.classes();
  if (classes.length < 2) {
    throw new WinnowError('FORMAT_INVALID', `A project needs at least two classes, found ${classes.length}`, {
      where,
      next:
        (await classesBelow(source, where)) ??
        'Write the project file yourself, with the classes that are to come, and import again.',
    });
  }
  checkNames(classes, where);
  const root = path.dirname(file);
  const world = 'world' in source ? (source as WorldSource) : null;
  const settings =
    world === null ? { build: { size: photographSize ?? SMALL.size } } : await worldSettings(world, root);
  const text = projectFileText(
    {
      name: path.basename(file, path.extname(file)),
      classes: classes.map((name) => ({ name })),
      ...settings,
      student: { model: world?.world.student ?? (photographSize === null ? SMALL.model : PHOTOGRAPHS_MODEL) },
      train: { seed: 1 },
    },
    {
      where,
      above: [
        'Written by `winnow import`. `winnow config` prints the settings in force, `winnow config --schema` all there are.',
        'Classes without queries are not searched for.',
      ],
      below:
        world !== null
          ? []
          : [
              'teacher: { weights: teacher }',
              'evaluate: { test: images/test }',
              ...(photographSize === null
                ? []
                : ['student.weights: pretrained weights to begin with (docs/training.md)']),
            ],
    },
  );
  await mkdir(root, { recursive: true });
  await writeFileAtomic(file, text);
  await writeFileAtomic(path.join(root, PROJECT_SCHEMA_FILE), `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
  return classes;
}

/** Advice where the one folder of a source holds folders: archives often unpack so. */
async function classesBelow({ kind }: ImportSource, where: string): Promise<string | undefined> {
  if (kind !== 'folder') return undefined;
  const [folder] = (await visibleEntries(where)).filter((entry) => entry.isDirectory());
  if (folder === undefined) return undefined;
  const below = path.join(where, folder.name);
  const classes = (await visibleEntries(below)).filter((entry) => entry.isDirectory());
  return classes.length < 2 ? undefined : `Its classes seem to be one level down: import ${below}.`;
}

const MAX_SHOWN = 10;

/** @throws WinnowError FORMAT_INVALID naming the classes of a source that no project may have */
function checkNames(classes: readonly string[], where: string): void {
  const bad = classes.filter((name) => !nameSchema.safeParse(name).success);
  const [first] = bad;
  if (first === undefined) return;
  const why = nameSchema.safeParse(first).error?.issues[0]?.message ?? 'not usable';
  const shown = bad.slice(0, MAX_SHOWN).map((name) => JSON.stringify(shorten(name)));
  const more = bad.length > MAX_SHOWN ? ` and ${bad.length - MAX_SHOWN} more` : '';
  throw new WinnowError(
    'FORMAT_INVALID',
    `Classes of the source have names that no class may have: ${shown.join(', ')}${more}`,
    {
      where,
      next: `Rename them. Of the first: ${why}.`,
    },
  );
}

/** Weights that say their architecture say their classes, too: what the project says would win over them. */
function describedClasses(
  { classes, model }: NonNullable<WorldSource['world']['teacher']>,
  known: readonly string[],
): { readonly classes?: readonly string[] } {
  const said = classes ?? (model === undefined ? undefined : known);
  return said === undefined ? {} : { classes: said };
}

const HEADER_BYTES = 65_536;

/** Whether a pool says what is true of its images in the form that `evaluate.truth` reads. */
async function tellsTruth(pool: string): Promise<boolean> {
  if (!pool.endsWith('.csv')) return false;
  const file = await open(pool).catch(() => null);
  // The import says why.
  if (file === null) return true;
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    .finally(() => file.close());
  const [header = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1);
  return header.split(',').some((name) => name.trim().replaceAll('"', '') === 'true');
}

async function worldSettings({ world, folder }: WorldSource, root: string): Promise<object> {
  const relative = (name: string): string =>
    path.relative(root, path.resolve(folder, name)).split(path.sep).join(path.posix.sep);
  const { teacher, test, pool, size, classes } = world;
  return {
    build: { size },
    ...(teacher === undefined
      ? {}
      : {
          teacher: {
            weights: relative(teacher.weights),
            ...(teacher.model === undefined ? {} : { model: teacher.model }),
            ...describedClasses(teacher, classes),
            ...(teacher.rename === undefined ? {} : { rename: teacher.rename }),
            ...(teacher.input === undefined ? {} : { input: teacher.input }),
          },
        }),
    evaluate: {
      ...(test === undefined ? {} : { test: relative(test) }),
      ...((await tellsTruth(path.resolve(folder, pool))) && { truth: relative(pool) }),
    },
  };
}
