import { WinnowError } from '@winnow/contracts';
import type { MethodContext } from './method';

type Widened<T> = { readonly [K in keyof T]: T[K] extends number ? number : T[K] extends boolean ? boolean : string };

/**
 * A method's settings, with what the run sets otherwise.
 * @throws WinnowError CONFIG_INVALID for a name that the method does not have, or a value of another type
 */
export function readSettings<T extends Readonly<Record<string, number | string | boolean>>>(
  { settings = {} }: Pick<MethodContext, 'settings'>,
  defaults: T,
): Widened<T> {
  for (const [name, value] of Object.entries(settings)) {
    if (Object.hasOwn(defaults, name) && typeof defaults[name] === typeof value) continue;
    throw new WinnowError('CONFIG_INVALID', `The method has no setting ${name} of this type`, {
      where: `setting ${name}`,
      next: `It has ${Object.entries(defaults)
        .map(([known, example]) => `${known} (${typeof example})`)
        .join(', ')}.`,
    });
  }
  return { ...defaults, ...settings } as Widened<T>;
}
