import type { tf } from '@winnow/tensor';

/** Frees the variables of all maps. */
export function disposeAll(...maps: readonly ReadonlyMap<string, tf.Variable>[]): void {
  for (const variables of maps) for (const variable of variables.values()) variable.dispose();
}
