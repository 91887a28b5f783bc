import { useCallback, useEffect, useMemo, useState } from 'react';
import type { MapLayout } from '@winnow/contracts/lasso';
import type { MapView, Point, Size } from './map-view';
import { panned, PLANES, wholeView, zoomed } from './map-view';

export interface MapViewState {
  /** Of what the map is drawn in; null before that is known. */
  readonly size: Size | null;
  readonly view: MapView | null;
  pan(by: Point): void;
  /** @param at stays where it is; the middle, if nothing is said */
  zoom(factor: number, at?: Point): void;
  showAll(): void;
}

/** What of the map is shown in an element, which may change its size. @param layout always the same one */
export function useMapView(element: React.RefObject<HTMLElement | null>, layout: MapLayout): MapViewState {
  const [size, setSize] = useState<Size | null>(null);
  /** Null: all of it, however large that is. */
  const [chosen, setChosen] = useState<MapView | null>(null);
  const plane = PLANES[layout];
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  const change = useCallback(
    (next: (view: MapView, size: Size) => MapView) => {
      if (size !== null) setChosen((before) => next(before ?? wholeView(size, plane), size));
    },
    [size, plane],
  );
  // The same object while it is the same view: points are drawn anew with each other one.
  const view = useMemo(() => (size === null ? null : (chosen ?? wholeView(size, plane))), [size, chosen, plane]);
  return {
    size,
    view,
    pan: (by) => change((view, of) => panned(view, by, of)),
    zoom: (factor, at) => change((view, of) => zoomed(view, factor, at ?? [of.width / 2, of.height / 2], of)),
    showAll: () => setChosen(null),
  };
}
