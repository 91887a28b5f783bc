import type { ImageTile } from '@winnow/contracts';
import type { RefObject } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import type { Saying } from '../../decisions/decide-acts';
import { decide, undo } from '../../decisions/decision-queue';
import type { Selection } from '../../grid/selection';
import { countSelected, NOTHING } from '../../grid/selection';
import type { TileSource } from '../../grid/tile-source';
import { notify } from '../../parts/notices';
import { countOf, formatCount } from '../../parts/numbers';
import { queryClient, useProject, useShown } from '../../server/project';
import { imageDetail } from '../image/image-detail-query';

/** More than this at once is work for `winnow split` and its file of corrections. */
const MAX_DECIDED = 50_000;

interface SayingScope {
  readonly source: TileSource;
  readonly selection: Selection;
  readonly setSelection: (selection: Selection) => void;
  /** The tile of the focus, and since when (`performance.now()`). */
  readonly active: RefObject<{ readonly index: number; readonly since: number }>;
  /** Of the image that is open beside the list; null: none is. */
  readonly openSha256: string | null;
  /** After a decision about one image. */
  readonly onNext: () => void;
}

const undoOf = (batch: string): { title: string; run(): void } => ({ title: 'Undo', run: () => undo(batch) });

/** Decides of what is selected, else of the image that is open, else of the tile of the focus. */
export function useSaying(scope: SayingScope): (saying: Saying, words: string) => void {
  const { source, selection, setSelection, active, openSha256, onNext } = scope;
  const { isReadOnly, classes } = useProject();
  const { split } = useShown();
  const frame = frameSearch(useAddress().search);
  const sayOfOne = async (saying: Saying, words: string): Promise<void> => {
    const focused = source.tile(active.current.index);
    // It may be none of the list, where somebody opened it by its address.
    const isOther = openSha256 !== null && focused?.sha256 !== openSha256;
    const tile = isOther ? await queryClient.fetchQuery(imageDetail(openSha256, frame)) : focused;
    if (tile === undefined) return;
    const millis = Math.round(performance.now() - active.current.since);
    const shown = { split: split?.id ?? null, kind: tile.kind, isBlind: false, millis };
    const batch = decide([tile.sha256], { says: saying(tile), origin: 'one', shown });
    notify({ text: `Given ${classes[tile.given] ?? ''}: ${words}`, act: undoOf(batch) });
    if (!isOther) onNext();
  };
  const sayOfAll = async (saying: Saying, words: string): Promise<void> => {
    const tiles = new Map((await source.tiles(selection)).map((tile) => [tile.sha256, tile]));
    const batch = decide([...tiles.keys()], {
      says: (sha256) => saying(tiles.get(sha256) as ImageTile),
      origin: 'bulk',
    });
    notify({ text: `${countOf(tiles.size, 'image')}: ${words}`, act: undoOf(batch) });
    setSelection(NOTHING);
  };
  return (saying, words) => {
    const count = countSelected(selection);
    if (isReadOnly) notify({ text: 'This studio was started to read only.', isAlarm: true });
    else if (count > MAX_DECIDED) {
      const text = `${formatCount(count)} at once are too many: at most ${formatCount(MAX_DECIDED)}.`;
      notify({ text, isAlarm: true });
    } else {
      const said = count === 0 ? sayOfOne(saying, words) : sayOfAll(saying, words);
      said.catch((error: Error) => notify({ text: error.message, isAlarm: true }));
    }
  };
}
