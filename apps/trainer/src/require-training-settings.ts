import type { ProjectConfig } from '@winnow/config';
import { requireEqualParts } from '@winnow/training';
import { requireKnownSettings } from './require-known-settings';
import { requireModelName } from './require-model-name';

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
