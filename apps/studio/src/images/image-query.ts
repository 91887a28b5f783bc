import { COLUMN_FILTERS, parseLasso, STUDIO_FILTERS, STUDIO_SORTS } from '@winnow/contracts';
import type { ListRequest } from '@winnow/columns';
import { z } from 'zod';
import type { ImageScope } from './studio-images';

const MAX_TEXT = 4000;
const text = z.string().max(MAX_TEXT);

/** Whether something is so, as addresses say it. */
export const flag = z.enum(['', '0', '1', 'false', 'true']).transform((value) => value !== '0' && value !== 'false');

const filterShape = Object.fromEntries(STUDIO_FILTERS.map((name) => [name, text.optional()])) as Record<
  (typeof STUDIO_FILTERS)[number],
  z.ZodOptional<typeof text>
>;

/** What every address of a list has: filters and order. Unknown parameters are passed over. */
export const listQuerySchema = z.object({
  ...filterShape,
  sort: z.enum(STUDIO_SORTS).default('position'),
  descending: flag.default(false),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

/** A list as columns know it. */
export function listRequest(query: ListQuery): ListRequest {
  return {
    filters: Object.fromEntries(COLUMN_FILTERS.map((name) => [name, query[name] ?? ''])),
    where: query.q,
    sort: query.sort,
    isDescending: query.descending,
  };
}

/** @returns the data set and split that an address names, and whether its lasso asks where images lie by likeness */
export function scopeOf({
  b,
  s,
  lasso = '',
}: Pick<ListQuery, 'b' | 's'> & Partial<Pick<ListQuery, 'lasso'>>): ImageScope {
  const layout = parseLasso(lasso)?.layout;
  return { b: b === '' ? undefined : b, s: s === '' ? undefined : s, layout };
}
