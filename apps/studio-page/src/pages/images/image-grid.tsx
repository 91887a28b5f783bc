import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { ClassChooser } from '../../decisions/class-chooser';
import type { GridMove } from '../../grid/grid-geometry';
import type { GridView } from '../../grid/grid-view';
import styles from '../../grid/grid.module.css';
import { Scrubber } from '../../grid/scrubber';
import type { Selection } from '../../grid/selection';
import { countSelected, everything, NOTHING } from '../../grid/selection';
import { countOf } from '../../parts/numbers';
import { useProject } from '../../server/project';
import { useGridKeys } from './grid-keys';
import type { ImageQuery } from './image-query';
import { dependsOnDecisions } from './image-query';
import { ListActs } from '../../list-acts/list-acts';
import pageStyles from './images-page.module.css';
import { SelectionBar } from './selection-bar';
import { sortWords } from './sort-words';
import { useGridView } from './use-grid-view';
import { useSaying } from './use-saying';
import type { Tiles } from './use-tiles';

interface ImageGridProps {
  readonly tiles: Tiles;
  readonly query: ImageQuery;
  readonly openSha256: string | null;
  /** Moves the focus, for what stands beside the grid. */
  readonly mover: RefObject<(step: GridMove) => void>;
  readonly onOpen: (sha256: string | null, isFollowing?: boolean) => void;
}

/** The grid of a list with its selection, its keys and its place. */
export function ImageGrid({ tiles, query, openSha256, mover, onOpen }: ImageGridProps): React.JSX.Element {
  const { source } = tiles;
  const { classes } = useProject();
  const [selection, setSelection] = useSelection(tiles, query);
  const [place, setPlace] = useState({ share: 0, extent: 1, index: 0, rows: -1, columns: -1 });
  const [dialog, setDialog] = useState<'class' | 'acts' | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRef<GridView | null>(null);
  const active = useRef({ index: 0, since: 0 });
  const open = (index: number): void => {
    const tile = source.tile(index);
    if (tile !== undefined) onOpen(tile.sha256, openSha256 !== null);
  };
  const onNext = (): number | undefined => view.current?.move('right');
  const say = useSaying({ source, selection, setSelection, active, openSha256, onNext });
  const isOpen = openSha256 !== null;
  const [close, choose] = [() => onOpen(null), () => setDialog('class')];
  const acts = { view, scroller, active, selection, setSelection, classes, isOpen, open, close, choose, say };
  const select = useGridKeys(acts);
  mover.current = (step) => view.current?.move(step);
  const follow = (index: number): void => {
    active.current = { index, since: performance.now() };
    const tile = source.tile(index);
    if (openSha256 !== null && tile !== undefined && tile.sha256 !== openSha256) onOpen(tile.sha256, true);
  };
  const look = (from: number, end: number): void => {
    source.want(from, end);
    if (view.current !== null) setPlace(placeOf(view.current));
  };
  const host = { onView: look, onActive: follow, onOpen: open, onSelect: select };
  useGridView({ view, scroller, tiles, selection, host });
  const count = countSelected(selection);
  return (
    <div className={pageStyles.grid} data-stage="">
      <div className={pageStyles.gridRow}>
        <div
          ref={scroller}
          className={styles.scroller}
          role="grid"
          tabIndex={0}
          aria-label="Images of this list"
          aria-multiselectable="true"
          aria-rowcount={place.rows}
          aria-colcount={place.columns}
        />
        {place.extent < 1 ? (
          <Scrubber
            share={place.share}
            extent={place.extent}
            words={sortWords(query, source.tile(place.index), { index: place.index, classes })}
            onShare={(share) => view.current?.goToShare(share)}
          />
        ) : null}
      </div>
      <SelectionBar
        count={count}
        onAll={() => setSelection(everything(source.facts.total ?? 0))}
        onNone={() => setSelection(NOTHING)}
        onChoose={choose}
        onMore={() => setDialog('acts')}
        onSay={say}
      />
      <ListActs
        {...{ source, query, selection }}
        isOpen={dialog === 'acts'}
        onOpen={() => setDialog('acts')}
        onClose={() => setDialog(null)}
        onLeaveOut={() => say(() => 'leave-out', 'left out of the next build')}
        focused={() => source.tile(active.current.index)}
      />
      {dialog === 'class' ? (
        <ClassChooser
          title={`Decide ${count === 0 ? 'this image' : countOf(count, 'image')} as`}
          onSay={say}
          onClose={() => setDialog(null)}
        />
      ) : null}
    </div>
  );
}

function placeOf({ layout, top }: GridView): {
  share: number;
  extent: number;
  index: number;
  rows: number;
  columns: number;
} {
  const { maxTop, height, total, columns, rows, rowHeight } = layout;
  const last = Math.max(0, total - 1);
  const share = maxTop === 0 ? 0 : top / maxTop;
  const index = maxTop > 0 && share === 1 ? last : Math.min(Math.round(top / rowHeight) * columns, last);
  return { share, extent: height / (maxTop + height), index, rows, columns };
}

/** Places stand for images only as long as the list is the same: else nothing is selected any more. */
function useSelection({ source, change }: Tiles, query: ImageQuery): [Selection, (selection: Selection) => void] {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const known = useRef({ source, ...source.facts });
  useEffect(() => {
    const { facts } = source;
    const before = known.current;
    known.current = { source, ...facts };
    const isSame = before.version === facts.version || (!dependsOnDecisions(query) && before.total === facts.total);
    if (before.source !== source || (before.total !== null && !isSame)) setSelection(NOTHING);
  }, [source, change, query]);
  return [selection, setSelection];
}
