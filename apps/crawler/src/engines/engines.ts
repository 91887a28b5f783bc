import { WinnowError } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { baidu } from './baidu';
import { bing } from './bing';
import { brave } from './brave';
import { braveApi } from './brave-api';
import { commons } from './commons';
import { duckduckgo } from './duckduckgo';
import type { Engine } from './engine';
import { flickr } from './flickr';
import { google } from './google';
import { openverse } from './openverse';
import { qwant } from './qwant';
import { yahoo } from './yahoo';
import { yandex } from './yandex';

/** Every search engine that winnow knows: official interfaces first. */
export const ENGINES = {
  openverse,
  commons,
  flickr,
  'brave-api': braveApi,
  bing,
  duckduckgo,
  brave,
  qwant,
  yahoo,
  yandex,
  baidu,
  google,
} as const satisfies Readonly<Record<string, Engine>>;

export type EngineName = keyof typeof ENGINES;

export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}

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

/** The engine of a name that a person typed. @throws WinnowError USAGE */
export function engineByName(name: string): Engine {
  if (isEngineName(name)) return ENGINES[name];
  throw new WinnowError('USAGE', `There is no engine ${name}`, {
    next: `Name one of ${Object.keys(ENGINES).join(', ')}.`,
  });
}
