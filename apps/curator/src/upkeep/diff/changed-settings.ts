import type { JsonValue } from '@winnow/contracts';
import { jsonLeaves } from '@winnow/files';

/** A setting that differs; undefined where it is not there. */
export interface ChangedSetting {
  /** Such as `build.size`. */
  readonly key: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Settings that differ, in code-unit order of their dotted keys. Lists are compared as a whole. */
export function changedSettings(before: JsonValue, after: JsonValue): readonly ChangedSetting[] {
  const [old, now] = [jsonLeaves(before), jsonLeaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((key) => ({ key, before: old.get(key), after: now.get(key) }))
    .filter((setting) => JSON.stringify(setting.before) !== JSON.stringify(setting.after));
}
