import type { WhereNode } from './parse-where';
import type { WhereImage } from './where-fields';

/**
 * Whether an expression holds for an image. A comparison of what listings say holds where it does for any of them,
 * each comparison on its own; `!=` and `not` hold where that is not so.
 */
export function holdsFor(node: WhereNode, image: WhereImage): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.every((part) => holdsFor(part, image));
    case 'or':
      return node.parts.some((part) => holdsFor(part, image));
    case 'not':
      return !holdsFor(node.part, image);
    case 'compare':
      return compares(node, image);
  }
}

function compares({ field, comparison, values }: Extract<WhereNode, { kind: 'compare' }>, image: WhereImage): boolean {
  if (field.type === 'number') {
    const holds = NUMBER_COMPARISONS[comparison === '!=' ? '=' : comparison] as NumberTest;
    return field.valuesOf(image).some((value) => holds(value, values as readonly number[])) === (comparison !== '!=');
  }
  const asked = values as readonly string[];
  const { matches = (value, wanted) => value === wanted } = field;
  const found = field
    .valuesOf(image)
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
