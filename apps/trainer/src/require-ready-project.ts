import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { requireDrawableBatch } from './require-drawable-batch';
import { requireTrainingSettings } from './require-training-settings';
import { type FittingTeacher, requireFittingTeacher } from './teacher/require-fitting-teacher';

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
