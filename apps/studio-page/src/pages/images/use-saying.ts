import type { ImageTile } from '@winnow/contracts';
import type { RefObject } from 'react';
import type { Saying } from '../../decisions/decide-acts';
import { decide } from '../../decisions/decision-queue';
import type { Selection } from '../../grid/selection';
import { countSelected, NOTHING } from '../../grid/selection';
import type { TileSource } from '../../grid/tile-source';
import { notify } from '../../parts/notices';
import { countOf, formatCount } from '../../parts/numbers';
import { useProject, useShown } from '../../server/project';

/** More than this at once is work for `winnow split` and its file of corrections. */
const MAX_DECIDED = 50_000;

export interface SayingScope {
  readonly source: TileSource;
  readonly selection: Selection;
  readonly setSelection: (selection: Selection) => void;
  /** The tile of the focus, and since when (`performance.now()`). */
  readonly active: RefObject<{ readonly index: number; readonly since: number }>;
  /** After a decision about the tile of the focus. */
  readonly onNext: () => void;
}

/** Decides of what is selected, else of the tile of the focus. */
export function useSaying(scope: SayingScope): (saying: Saying, words: string) => void {
  const { source, selection, setSelection, active, onNext } = scope;
  const { isReadOnly, classes } = useProject();
  const { split } = useShown();
  const sayOfOne = (saying: Saying, words: string): void => {
    const tile = source.tile(active.current.index);
    if (tile === undefined) return;
    const millis = Math.round(performance.now() - active.current.since);
    const shown = { split: split?.id ?? null, kind: tile.kind, isBlind: false, millis };
    decide([tile.sha256], { says: saying(tile), origin: 'one', shown });
    notify({ text: `Given ${classes[tile.given] ?? ''}: ${words}. U takes it back.` });
    onNext();
  };
  const sayOfAll = async (saying: Saying, words: string): Promise<void> => {
    const tiles = new Map((await source.tiles(selection)).map((tile) => [tile.sha256, tile]));
    decide([...tiles.keys()], { says: (sha256) => saying(tiles.get(sha256) as ImageTile), origin: 'bulk' });
    notify({ text: `${countOf(tiles.size, 'image')}: ${words}. U takes it back.` });
    setSelection(NOTHING);
  };
  return (saying, words) => {
    const count = countSelected(selection);
    if (isReadOnly) notify({ text: 'This studio was started to read only.', isAlarm: true });
    else if (count > MAX_DECIDED) {
      const text = `${formatCount(count)} at once are too many: at most ${formatCount(MAX_DECIDED)}.`;
      notify({ text, isAlarm: true });
    } else if (count === 0) sayOfOne(saying, words);
    else {
      sayOfAll(saying, words).catch((error: Error) => notify({ text: error.message, isAlarm: true }));
    }
  };
}
