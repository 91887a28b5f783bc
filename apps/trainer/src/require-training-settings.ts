import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import { requireKnownSettings } from './require-known-settings';
import { requireModelName } from './require-model-name';

/**
 * What can be said of a project's training from its file alone, before anything is made.
 * @throws WinnowError CONFIG_INVALID
 */
export function requireTrainingSettings(config: Pick<ProjectConfig, 'train' | 'student' | 'paths'>): void {
  requireKnownSettings(config);
  const { train, student, paths } = config;
  requireModelName(student.model, { code: 'CONFIG_INVALID', where: `${paths.file}, key student.model` });
  if (train.batch % train.accumulate === 0) return;
  throw new WinnowError(
    'CONFIG_INVALID',
    `a batch of ${train.batch} cannot be cut into ${train.accumulate} equal parts`,
    { where: `${paths.file}, key train.accumulate`, next: 'Choose a divisor of train.batch.' },
  );
}
