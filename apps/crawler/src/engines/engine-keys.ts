import type { CommandIo } from '@winnow/contracts';
import type { Engine } from './engine';
import { ENGINES } from './engines';
import type { EngineName } from './engines';

/** Keys of engines that need one, by engine, from the environment. */
export function engineKeys(env: CommandIo['env']): Readonly<Record<string, string>> {
  const engines: readonly Engine[] = Object.values(ENGINES);
  return Object.fromEntries(
    engines.flatMap(({ name, keyVariable }) => {
      const key = keyVariable === undefined ? undefined : env[keyVariable]?.trim();
      return key === undefined || key === '' ? [] : [[name, key] as const];
    }),
  );
}

/** Those of some engines that need a key which is not there. */
export function enginesWithoutKey(
  names: readonly EngineName[],
  keys: Readonly<Record<string, string>>,
): readonly Engine[] {
  return names
    .map((name): Engine => ENGINES[name])
    .filter(({ name, keyVariable }) => keyVariable !== undefined && keys[name] === undefined);
}
