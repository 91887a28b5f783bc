import { bing } from './bing';
import { commons } from './commons';
import type { Engine } from './engine';
import { openverse } from './openverse';

/** Every search engine that winnow knows. */
export const ENGINES = { openverse, commons, bing } as const satisfies Readonly<Record<string, Engine>>;

export type EngineName = keyof typeof ENGINES;

export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}
