import type { ProjectConfig } from '@winnow/config';
import { METHODS, resolveRecipe } from '@winnow/training';
import type { ResolvedRecipe } from '@winnow/training';

/** The optimiser's settings that the project names, or those that its method has. */
export function recipeOf({ method, schedule, nesterov, warmUp }: ProjectConfig['train']): ResolvedRecipe {
  return resolveRecipe(METHODS[method], { schedule: schedule === 'auto' ? undefined : schedule, nesterov, warmUp });
}
