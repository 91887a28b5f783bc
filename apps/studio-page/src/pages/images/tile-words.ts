import type { ImageTile } from '@winnow/contracts';
import type { LocalDecision } from '../../decisions/decision-queue';
import type { TileFace } from '../../grid/tile-element';

/** A decision of this browser that the list may not show yet. */
function isNewer(local: LocalDecision | undefined, askedAt: number): local is LocalDecision {
  return local !== undefined && (local.storedAt === null || local.storedAt > askedAt);
}

/** @param askedAt `performance.now()` when the tile was asked for */
export function markOf(tile: ImageTile, local: LocalDecision | undefined, askedAt: number): TileFace['mark'] {
  if (!isNewer(local, askedAt)) return tile.state === 'none' ? null : tile.state;
  if (local.says === 'cleared') return null;
  return local.says === 'unsure' ? 'unsure' : 'decided';
}

/** What a decision says, in words. */
export function sayingWords(says: string): string {
  if (says.startsWith('class:')) return says.slice('class:'.length);
  return (
    {
      open: 'none of the classes',
      unsure: 'unsure',
      cleared: 'taken back',
      'leave-out': 'left out of the next build',
      'take-in': 'in the next build',
    }[says] ?? says
  );
}

function decidedWords(
  tile: ImageTile,
  {
    classes,
    local,
    askedAt,
  }: { readonly classes: readonly string[]; readonly local: LocalDecision | undefined; readonly askedAt: number },
): string {
  if (isNewer(local, askedAt)) return local.says === 'cleared' ? 'not decided' : `decided: ${sayingWords(local.says)}`;
  switch (tile.state) {
    case 'none':
      return 'not decided';
    case 'decided':
      return `decided: ${tile.decided === null ? 'none of the classes' : (classes[tile.decided] ?? '')}`;
    case 'disputed':
      return 'disputed';
    case 'unsure':
      return 'unsure';
  }
}

/** For those who do not see the tile: `cat, closed, likely dog, not decided`. */
export function tileWords(
  tile: ImageTile,
  more: { readonly classes: readonly string[]; readonly local: LocalDecision | undefined; readonly askedAt: number },
): string {
  const { classes } = more;
  const likely = tile.kind === 'closed' && tile.refined !== null ? [`likely ${classes[tile.refined] ?? ''}`] : [];
  return [
    classes[tile.given] ?? '',
    ...(tile.kind === null ? [] : [tile.kind]),
    ...likely,
    decidedWords(tile, more),
  ].join(', ');
}
