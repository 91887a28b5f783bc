import { WinnowError } from '@winnow/contracts';

/** What is wrong with an expression, and where: `position` counts characters from 0. */
export function whereError(message: string, position: number): WinnowError {
  return new WinnowError('CONFIG_INVALID', message, {
    where: `build.where, character ${position + 1}`,
    next: "Write comparisons such as `width >= 128`, `license in (cc0, by)` or `title contains 'red owl'`, joined by and, or, not.",
  });
}
