import type { CommandIo } from '@winnow/contracts';
import type { Engine } from './engines/engine';
import { ENGINES } from './engines/engines';

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
