import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, METHOD_NAMES, WinnowError } from '@winnow/contracts';
import { METHODS, requireMethodSettings } from '@winnow/training';

/**
 * Looks at `train.settings` of all methods before anything is made: also of those that this run does not train.
 * @throws WinnowError CONFIG_INVALID
 */
export function requireKnownSettings({ train, paths }: Pick<ProjectConfig, 'train' | 'paths'>): void {
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
