import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import { isModelName, outlineModel } from '@winnow/models';
import { mapTeacher } from '@winnow/training';
import type { FrozenNetwork } from '@winnow/training';
import { loadTeacher } from './load-teacher';
import type { LoadedTeacher } from './load-teacher';

const REVISION = 1;

/** What is remembered of a teacher: enough to find what it said, and to plan what was planned with it. */
interface RememberedTeacher extends Pick<LoadedTeacher, 'classes' | 'input' | 'rename' | 'digest' | 'resize'> {
  readonly revision: typeof REVISION;
  readonly featureDim: number;
  /** Its architecture, of one of ours. */
  readonly model: string | null;
}

/**
 * The project's teacher; where its file is gone, what is remembered of it (`absence` says so): a run that has begun needs
 * no more, if its method asks about whole images only.
 * @throws WinnowError as loadTeacher
 */
export async function loadTeacherOrMemory(config: ProjectConfig, log: CommandIo['log']): Promise<LoadedTeacher> {
  try {
    const teacher = await loadTeacher(config, log);
    await remember(config, teacher).catch((error: unknown) =>
      log(`The teacher cannot be remembered, so a killed run will need its file: ${String(error)}`),
    );
    return teacher;
  } catch (error) {
    const file = path.resolve(config.paths.root, config.teacher?.weights ?? '');
    if (!isWinnowError(error) || error.code !== 'FILE_NOT_FOUND' || !(await isGone(file))) throw error;
    const known = await recall(config);
    if (known === null) throw error;
    log(`The teacher's file is gone (${file}): a run that has begun goes on with what it said before.`);
    return absentTeacher(config, known, file);
  }
}

async function isGone(file: string): Promise<boolean> {
  return stat(file).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
  );
}

function absentTeacher(config: ProjectConfig, known: RememberedTeacher, file: string): LoadedTeacher {
  const { classes, input, rename, digest, resize, featureDim, model } = known;
  const absence = new WinnowError('FILE_NOT_FOUND', "The teacher's file is gone, and is needed here", {
    where: file,
    next: 'Put it back and run the same command again: only a run that has begun, whose method asks about whole images and whose answers are still in .winnow/predictions, ends without.',
  });
  // A run that is taken up reads the shapes of these weights, to tell how it began; their values are its checkpoint's.
  const outline = model !== null && isModelName(model) ? outlineModel(model, classes.length) : null;
  const network: FrozenNetwork = {
    ...{ input, featureDim, classCount: classes.length },
    ...(outline && {
      weights: {
        ...{ model: outline.name, parameters: outline.parameters, classifierName: outline.classifierName },
        columns: null,
      },
    }),
    outputs: () => {
      throw absence;
    },
    dispose: () => outline?.dispose(),
  };
  const names = config.classes.map(({ name }) => name);
  const frozen = mapTeacher(network, classes, names, rename);
  return { frozen, classes, input, rename, digest, resize, absence, dispose: () => network.dispose() };
}

async function remember(config: ProjectConfig, { frozen, ...teacher }: LoadedTeacher): Promise<void> {
  const { classes, input, rename, digest, resize } = teacher;
  const known: RememberedTeacher = {
    revision: REVISION,
    ...{ classes, input, rename, digest, resize },
    featureDim: frozen.featureDim,
    model: frozen.weights?.model ?? null,
  };
  const [file, text] = [memoryOf(config), `${JSON.stringify({ known, sha256: digestOf(known) })}\n`];
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, text);
}

async function recall(config: ProjectConfig): Promise<RememberedTeacher | null> {
  try {
    const kept = JSON.parse(await readFile(memoryOf(config), 'utf8')) as { known: RememberedTeacher; sha256: string };
    return kept.known.revision === REVISION && kept.sha256 === digestOf(kept.known) ? kept.known : null;
  } catch {
    return null;
  }
}

/** A memory that was changed, or cut, is none. */
function digestOf(known: RememberedTeacher): string {
  return createHash('sha256').update(JSON.stringify(known)).digest('hex');
}

/** Of the file, by its name, and of all that the project says of it. */
function memoryOf({ paths, teacher, classes }: ProjectConfig): string {
  const said = JSON.stringify([teacher, classes.map(({ name }) => name)]);
  const key = createHash('sha256').update(said).digest('hex').slice(0, 16);
  return path.join(paths.state, 'teachers', `${key}.json`);
}
