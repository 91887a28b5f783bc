import type { Method } from './method';
import type { MethodSettings } from './setting-rules';
import { readSettings } from './read-settings';

/** Before anything is made. @throws WinnowError CONFIG_INVALID for settings that the method does not have, as readSettings */
export function requireMethodSettings({ settings }: Pick<Method, 'settings'>, given: MethodSettings | undefined): void {
  readSettings({ settings: given ?? {} }, settings?.defaults ?? {}, settings?.rules);
}
