import type { ImageTile } from '@winnow/contracts';
import type { Selection } from '../grid/selection';
import { countSelected, everything, removeRange } from '../grid/selection';
import type { TileSource } from '../grid/tile-source';
import type { ImageQuery } from '../pages/images/image-query';
import { filterTexts } from '../pages/images/image-query';

/** So many images an address can name one by one. */
export const MAX_NAMED = 50;
/** Of an expression, as the server takes it. */
const MAX_EXPRESSION = 4000;

/**
 * Search parameters of the images that are selected, of the whole list where none is: few are named, many are the list, or the list
 * without some.
 * @returns null where an address cannot say it
 * @throws as `TileSource.tiles`
 */
export async function selectionSearch(
  source: TileSource,
  query: ImageQuery,
  selection: Selection,
): Promise<Readonly<Record<string, string>> | null> {
  const total = source.facts.total ?? 0;
  const count = countSelected(selection);
  if (count === 0 || count === total) return filterTexts(query);
  if (count <= MAX_NAMED) return { q: among(await source.tiles(selection)) };
  if (total - count > MAX_NAMED) return null;
  const others = selection.reduce((rest, [from, end]) => removeRange(rest, from, end), everything(total));
  const without = `not ${among(await source.tiles(others))}`;
  const q = query.q === '' ? without : `(${query.q}) and ${without}`;
  return q.length > MAX_EXPRESSION ? null : { ...filterTexts(query), q };
}

function among(tiles: readonly ImageTile[]): string {
  return `sha256 in (${tiles.map(({ sha256 }) => `"${sha256}"`).join(', ')})`;
}
