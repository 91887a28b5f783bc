import type { ImageTile } from '@winnow/contracts';
import { formatCount, formatShare } from '../../parts/numbers';
import type { ImageQuery } from './image-query';

/** Where in the list one is, and what it is sorted by there: `41,203 · doubt .43`. */
export function sortWords(
  { sort }: ImageQuery,
  tile: ImageTile | undefined,
  { index, classes }: { readonly index: number; readonly classes: readonly string[] },
): string {
  const place = formatCount(index + 1);
  if (tile === undefined) return place;
  if (sort === 'given') return `${place} · ${classes[tile.given] ?? ''}`;
  if (sort === 'refined' && tile.refined !== null) return `${place} · ${classes[tile.refined] ?? ''}`;
  if (sort === 'doubt' && tile.doubt !== null) return `${place} · doubt ${formatShare(tile.doubt)}`;
  return place;
}
