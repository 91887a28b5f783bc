import type { Method } from './method';
import { ce } from './methods/ce';
import { kd } from './methods/kd';
import { modul } from './methods/modul';

/** Every way to train a student, by name; to add one, write its file and add a line. */
export const METHODS = { ce, kd, modul } as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;

export const METHOD_NAMES = Object.keys(METHODS) as readonly MethodName[];

/** True for a name in METHODS. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
