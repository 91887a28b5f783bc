import { WinnowError } from '@winnow/contracts';

/**
 * @param what the function that was called with these shapes
 * @throws WinnowError SHAPE_MISMATCH naming both shapes unless they are equal
 */
export function requireSameShape(what: string, left: readonly number[], right: readonly number[]): void {
  if (left.length === right.length && left.every((size, axis) => size === right[axis])) return;
  throw shapeError(what, left, right);
}

/**
 * The columns (last axis) of two matrices must agree, their rows need not.
 * @throws WinnowError SHAPE_MISMATCH naming both shapes
 */
export function requireSameColumns(what: string, left: readonly number[], right: readonly number[]): void {
  if (left.length === 2 && right.length === 2 && left[1] === right[1]) return;
  throw shapeError(what, left, right);
}

function shapeError(what: string, left: readonly number[], right: readonly number[]): WinnowError {
  return new WinnowError('SHAPE_MISMATCH', `${what} got shapes [${left.join(', ')}] and [${right.join(', ')}]`, {
    where: what,
    next: 'Give it tensors of matching shape.',
  });
}
