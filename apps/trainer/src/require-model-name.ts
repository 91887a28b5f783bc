import { type ErrorCode, WinnowError } from '@winnow/contracts';
import { isModelName, MODEL_NAMES, type ModelName } from '@winnow/models';

/** Longest part of a name from a file that a message repeats, characters. */
const SHOWN = 100;

/**
 * A name that a person or a file gave, as one of our architectures.
 * @param blame code of the error, the flag, key or file that gave the name, and what else there is to do
 * @throws WinnowError with that code, listing the architectures
 */
export function requireModelName(
  name: string,
  blame: { readonly code: ErrorCode; readonly where: string; readonly otherwise?: string },
): ModelName {
  if (isModelName(name)) return name;
  throw new WinnowError(blame.code, `winnow does not know the architecture "${name.slice(0, SHOWN)}"`, {
    where: blame.where,
    next: [`It knows ${MODEL_NAMES.join(', ')}.`, ...(blame.otherwise ? [blame.otherwise] : [])].join(' '),
  });
}
