import type { ProjectConfig } from '@winnow/config';
import { METHODS } from '@winnow/training';

/**
 * Before anything is made for the method that the project trains. What winnow chooses itself can be drawn.
 * @throws WinnowError CONFIG_INVALID
 */
export function requireDrawableBatch({ train }: Pick<ProjectConfig, 'train'>): void {
  const { method, batch, accumulate, settings } = train;
  if (batch === 'auto') return;
  METHODS[method].checkBatch?.({ batch, accumulate, settings: settings?.[method] ?? {} });
}
