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
