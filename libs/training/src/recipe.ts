import type { Method } from './method';
import type { ScheduleName } from './schedule';

/** Settings of the optimiser that a method may have of its own. */
export interface ResolvedRecipe {
  readonly schedule: ScheduleName;
  readonly nesterov: boolean;
  /** Length of a linear rise of the learning rate at the start, as a share of all steps, 0..1. */
  readonly warmUp: number;
}

/** What a run asks for, else the method's, else the usual ones. */
export function resolveRecipe(
  { schedule, recipe = {} }: Pick<Method, 'schedule' | 'recipe'>,
  asked: { readonly [K in keyof ResolvedRecipe]?: ResolvedRecipe[K] | undefined } = {},
): ResolvedRecipe {
  return {
    schedule: asked.schedule ?? schedule,
    nesterov: asked.nesterov ?? recipe.nesterov ?? false,
    warmUp: asked.warmUp ?? recipe.warmUp ?? 0,
  };
}
