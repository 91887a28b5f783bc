import path from 'node:path';
import { stat } from 'node:fs/promises';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, METHOD_NAMES, WinnowError } from '@winnow/contracts';
import { METHODS, requireEqualParts, requireMethodSettings } from '@winnow/training';
import { requireModelName } from './require-model-name';
import { requireFittingTeacher } from './teacher/require-fitting-teacher';
import type { FittingTeacher } from './teacher/require-fitting-teacher';

/**
 * Whether all that a project's training needs beside a data set is there and fits together, as far as files tell it
 * without an engine: so that nobody crawls for hours for a project that cannot train.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID, TEACHER_MISMATCH
 */
export async function requireReadyProject(config: ProjectConfig): Promise<FittingTeacher> {
  requireTrainingSettings(config);
  requireDrawableBatch(config);
  const { evaluate, split, paths } = config;
  const named = {
    'evaluate.test': evaluate.test,
    'evaluate.truth': evaluate.truth,
    'split.corrections': split.corrections,
  };
  for (const [key, name] of Object.entries(named)) {
    if (name === undefined) continue;
    const file = path.resolve(paths.root, name);
    if (await stat(file).catch(() => null)) continue;
    throw new WinnowError('FILE_NOT_FOUND', `There is no such file or folder: ${file}`, {
      where: `${paths.file}, key ${key}`,
      next: 'Correct the path, or leave the key out until it is there.',
    });
  }
  return requireFittingTeacher(config);
}

/**
 * What can be said of a project's training from its file alone, whatever the method, before anything is made.
 * @throws WinnowError CONFIG_INVALID
 */
export function requireTrainingSettings(config: Pick<ProjectConfig, 'train' | 'student' | 'paths'>): void {
  requireKnownSettings(config);
  const { train, student, paths } = config;
  // Otherwise the weights that it begins with tell.
  if (student.model !== 'auto') {
    requireModelName(student.model, { code: 'CONFIG_INVALID', where: `${paths.file}, key student.model` });
  }
  const { batch, accumulate } = train;
  if (batch !== 'auto') requireEqualParts({ batch, accumulate }, `${paths.file}, key train.accumulate`);
}

/**
 * Looks at `train.settings` of all methods before anything is made: also of those that this run does not train.
 * @throws WinnowError CONFIG_INVALID
 */
function requireKnownSettings({ train, paths }: Pick<ProjectConfig, 'train' | 'paths'>): void {
  for (const name of METHOD_NAMES) {
    try {
      requireMethodSettings(METHODS[name], train.settings?.[name]);
    } catch (error) {
      if (!isWinnowError(error)) throw error;
      throw new WinnowError('CONFIG_INVALID', `${name}: ${error.message}`, {
        where: `${paths.file}, key train.settings.${name}`,
        ...(error.next !== undefined && { next: error.next }),
        cause: error,
      });
    }
  }
}

/**
 * Before anything is made for the method that the project trains. What winnow chooses itself can be drawn.
 * @throws WinnowError CONFIG_INVALID
 */
export function requireDrawableBatch({ train }: Pick<ProjectConfig, 'train'>): void {
  const { method, batch, accumulate, settings } = train;
  if (batch === 'auto') return;
  METHODS[method].checkBatch?.({ batch, accumulate, settings: settings?.[method] });
}
