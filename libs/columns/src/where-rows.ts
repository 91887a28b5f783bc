import { parseWhereExpression } from '@winnow/config';
import type { WhereExpression } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { ImageColumns } from './image-columns';
import type { RowsByDigest } from './rows-by-digest';
import { COLUMN_FIELDS, flip } from './where-fields';
import type { ColumnField } from './where-fields';

/** Each is a pass over all images, during which the server answers nobody. */
const MAX_COMPARISONS = 32;
const CLASS_FIELDS: ReadonlySet<string> = new Set(['class', 'refined']);

/**
 * Holds an expression, in the language of `build.where`, against all images.
 * @returns 1 for each image for which it holds
 * @param byDigest finds rows of these columns
 * @throws WinnowError USAGE naming the character, or for more than 32 comparisons
 */
export function whereRows(text: string, columns: ImageColumns, byDigest: RowsByDigest): Uint8Array {
  const node = parse(text, columns.lists.classes);
  if (countComparisons(node) > MAX_COMPARISONS) {
    throw new WinnowError('USAGE', `The expression has more than ${MAX_COMPARISONS} comparisons`, {
      where: 'q',
      next: 'Name several values of a field in one comparison: `class in (cat, dog)`.',
    });
  }
  return rowsOf(node, { columns, byDigest });
}

function countComparisons(node: WhereExpression<ColumnField>): number {
  if (node.kind === 'compare') return 1;
  if (node.kind === 'not') return countComparisons(node.part);
  return node.parts.reduce((sum, part) => sum + countComparisons(part), 0);
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

interface WhereSource {
  readonly columns: ImageColumns;
  readonly byDigest: RowsByDigest;
}

/** An array of its own, of which there are as many at once as parts lie within one another. */
function rowsOf(node: WhereExpression<ColumnField>, source: WhereSource): Uint8Array {
  if (node.kind === 'compare') {
    return node.field.mark(source.columns, node.comparison, node.values, source.byDigest);
  }
  if (node.kind === 'not') {
    // Two cancel each other, as any number of them is no comparison.
    if (node.part.kind === 'not') return rowsOf(node.part.part, source);
    const rows = rowsOf(node.part, source);
    flip(rows);
    return rows;
  }
  const [first, ...others] = node.parts as [WhereExpression<ColumnField>, ...WhereExpression<ColumnField>[]];
  const rows = rowsOf(first, source);
  for (const part of others) {
    const other = rowsOf(part, source);
    if (node.kind === 'and')
      for (let row = 0; row < rows.length; row += 1) rows[row] = (rows[row] as number) & (other[row] as number); // prettier-ignore
    else for (let row = 0; row < rows.length; row += 1) rows[row] = (rows[row] as number) | (other[row] as number);
  }
  return rows;
}
