import type { RefObject } from 'react';
import { useEffect, useMemo, useRef } from 'react';
import { useAddress } from '../../address/use-address';
import { localDecisions } from '../../decisions/decision-queue';
import type { GridHost } from '../../grid/grid-view';
import { GridView } from '../../grid/grid-view';
import type { Selection } from '../../grid/selection';
import { isSelected } from '../../grid/selection';
import { SquareSource } from '../../grid/square-source';
import type { TileFace } from '../../grid/tile-element';
import { preferences } from '../../parts/preferences';
import { useSignal } from '../../parts/signal';
import { useProject } from '../../server/project';
import { markOf, tileWords } from './tile-words';
import type { Tiles } from './use-tiles';

interface GridViewParts {
  /** Of the grid that the parts were made for. */
  readonly view: RefObject<GridView | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly tiles: Tiles;
  readonly selection: Selection;
  readonly host: Omit<GridHost, 'face'>;
}

/** Keeps the grid, which is no part of React's tree, at what the page knows. */
export function useGridView({ view, scroller, tiles, selection, host }: GridViewParts): void {
  const { source, change } = tiles;
  const { classes } = useProject();
  const { b } = useAddress().search;
  const squares = useMemo(() => new SquareSource(b, () => view.current?.showImages()), [b, view]);
  const local = useSignal(localDecisions);
  const { tilePixels } = useSignal(preferences);
  const face = (index: number, isGrey: boolean): TileFace => {
    const tile = source.tile(index);
    const state = { isSelected: isSelected(selection, index), isActive: false };
    if (tile === undefined) return { tile, source: null, words: 'loading', mark: null, note: '', ...state };
    const square = tile.isForgotten === true ? null : squares.get(tile.sha256);
    const askedAt = source.askedAt(index);
    const decision = local.get(tile.sha256);
    return {
      tile,
      source: isGrey ? null : (square ?? null),
      note: tile.isForgotten === true ? 'forgotten' : square === null ? 'no image' : '',
      words: tileWords(tile, { classes, local: decision, askedAt }),
      mark: markOf(tile, decision, askedAt),
      ...state,
    };
  };
  const onView = (from: number, end: number): void => {
    host.onView(from, end);
    const seen = Array.from({ length: end - from }, (_, step) => source.tile(from + step));
    squares.want(seen.flatMap((tile) => (tile === undefined || tile.isForgotten === true ? [] : [tile.sha256])));
  };
  const latest = useRef<GridHost>({ ...host, face, onView });
  latest.current = { ...host, face, onView };
  useEffect(() => {
    if (scroller.current === null) return undefined;
    const created = new GridView(scroller.current, {
      face: (index, isGrey) => latest.current.face(index, isGrey),
      onView: (from, end) => latest.current.onView(from, end),
      onActive: (index) => latest.current.onActive(index),
      onOpen: (index) => latest.current.onOpen(index),
      onSelect: (index, isRange) => latest.current.onSelect(index, isRange),
    });
    view.current = created;
    return () => created.close();
  }, [scroller, view]);
  const total = source.facts.total ?? 0;
  useEffect(() => view.current?.resize({ total, tilePixels }), [view, total, tilePixels]);
  useEffect(() => view.current?.activate(0), [view, source]);
  useEffect(() => view.current?.redraw(), [view, change, selection, local, squares]);
  useEffect(() => () => squares.close(), [squares]);
}
