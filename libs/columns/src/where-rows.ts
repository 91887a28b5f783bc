import { parseWhereExpression } from '@winnow/config';
import type { WhereExpression } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ImageColumns } from './image-columns';
import { COLUMN_FIELDS } from './where-fields';
import type { ColumnField } from './where-fields';

const CLASS_FIELDS: ReadonlySet<string> = new Set(['class', 'refined']);

/**
 * Holds an expression, in the language of `build.where`, against all images.
 * @returns 1 for each image for which it holds
 * @throws WinnowError USAGE naming the character
 */
export function whereRows(text: string, columns: ImageColumns): Uint8Array {
  return rowsOf(parse(text, columns.lists.classes), columns);
}

function parse(text: string, classes: readonly string[]): WhereExpression<ColumnField> {
  try {
    return parseWhereExpression(text, { fields: COLUMN_FIELDS, classFields: CLASS_FIELDS, classes });
  } catch (error) {
    if (!isWinnowError(error)) throw error;
    const { message, where, next } = error;
    throw new WinnowError('USAGE', message, { where: where?.replace('build.where', 'q'), next, cause: error });
  }
}

function rowsOf(node: WhereExpression<ColumnField>, columns: ImageColumns): Uint8Array {
  if (node.kind === 'compare') return node.field.mark(columns, node.comparison, node.values);
  if (node.kind === 'not') return rowsOf(node.part, columns).map((one) => 1 - one);
  const [first, ...others] = node.parts.map((part) => rowsOf(part, columns)) as [Uint8Array, ...Uint8Array[]];
  for (const other of others) {
    if (node.kind === 'and')
      for (let row = 0; row < first.length; row += 1) first[row] = (first[row] as number) & (other[row] as number); // prettier-ignore
    else for (let row = 0; row < first.length; row += 1) first[row] = (first[row] as number) | (other[row] as number);
  }
  return first;
}
