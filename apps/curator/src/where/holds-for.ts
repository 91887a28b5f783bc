import type { WhereNode } from './parse-where';
import type { WherePicture } from './where-fields';

/**
 * Whether an expression holds for a picture. A comparison of what listings say holds where it does for any of them,
 * each comparison on its own; `!=` and `not` hold where that is not so.
 */
export function holdsFor(node: WhereNode, picture: WherePicture): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.every((part) => holdsFor(part, picture));
    case 'or':
      return node.parts.some((part) => holdsFor(part, picture));
    case 'not':
      return !holdsFor(node.part, picture);
    case 'compare':
      return compares(node, picture);
  }
}

function compares(
  { field, comparison, values }: Extract<WhereNode, { kind: 'compare' }>,
  picture: WherePicture,
): boolean {
  if (field.type === 'number') {
    const holds = NUMBER_COMPARISONS[comparison === '!=' ? '=' : comparison] as NumberTest;
    return field.valuesOf(picture).some((value) => holds(value, values as readonly number[])) === (comparison !== '!=');
  }
  const asked = values as readonly string[];
  const { matches = (value, wanted) => value === wanted } = field;
  const found = field
    .valuesOf(picture)
    .some((value) =>
      comparison === 'contains'
        ? value.toLowerCase().includes((asked[0] ?? '').toLowerCase())
        : asked.some((wanted) => matches(value, wanted)),
    );
  return found === (comparison !== '!=');
}

type NumberTest = (value: number, asked: readonly number[]) => boolean;

const NUMBER_COMPARISONS: Readonly<Record<string, NumberTest>> = {
  '=': (value, asked) => asked.includes(value),
  in: (value, asked) => asked.includes(value),
  '<': (value, [limit]) => value < (limit as number),
  '<=': (value, [limit]) => value <= (limit as number),
  '>': (value, [limit]) => value > (limit as number),
  '>=': (value, [limit]) => value >= (limit as number),
};
