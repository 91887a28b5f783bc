import { parseWhereExpression } from '@winnow/config';
import type { WhereExpression } from '@winnow/config';
import { CLASS_FIELDS, WHERE_FIELDS } from './where-fields';
import type { WhereField } from './where-fields';

/** A parsed `build.where`. */
export type WhereNode = WhereExpression<WhereField>;

/**
 * Parses what `build.where` may hold, over WHERE_FIELDS.
 * @param classes the only ones that there are; without them, any
 * @throws WinnowError CONFIG_INVALID naming the character
 */
export function parseWhere(text: string, classes?: readonly string[]): WhereNode {
  return parseWhereExpression(text, { fields: WHERE_FIELDS, classFields: CLASS_FIELDS, classes });
}
