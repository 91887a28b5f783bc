import type { Lasso, LassoPart, MapLayout } from '@winnow/contracts/lasso';
import { useEffect, useRef, useState } from 'react';
import type { KeyBinding } from '../../keys/key-layers';
import { useKeys } from '../../keys/use-keys';
import { formatCount } from '../../parts/numbers';
import { BoxByKeys } from './box-by-keys';
import { HoverCard } from './hover-card';
import { MapDrawing } from './map-drawing';
import type { MapPoints } from './map-points';
import { nearestPoint } from './map-points';
import type { Point } from './map-view';
import { toPlace } from './map-view';
import styles from './map.module.css';
import type { Rgb } from './point-painter';
import type { MapTool } from './use-drawn-part';
import { boxOf, useDrawnPart } from './use-drawn-part';
import type { MapViewState } from './use-map-view';
import { useMapView } from './use-map-view';
import { usePainter } from './use-painter';

interface MapCanvasProps {
  readonly layout: MapLayout;
  /** Of all images, how many in a hundred were placed among others that they are like; 0: none. */
  readonly interpolatedPercent: number;
  readonly points: MapPoints;
  readonly visible: Uint8Array;
  readonly visibleCount: number;
  readonly codes: Uint8Array<ArrayBuffer>;
  /** The last one is that of the paper. */
  readonly palette: readonly Rgb[];
  readonly pointPixels: number;
  readonly hasChosen: boolean;
  readonly lasso: Lasso;
  readonly tool: MapTool;
  readonly onPart: (corners: LassoPart['corners']) => void;
  readonly onReset: () => void;
}

const LAYOUT_WORDS: Readonly<Record<MapLayout, string>> = {
  triangle: 'between clean, closed and open',
  neighbours: 'beside those that they are like',
};

const ZOOM = 1.5;
const PAN_PIXELS = 60;
/** So near is a point meant. */
const REACH_PIXELS = 10;

/** The points, what is drawn over them, and all that pointers and keys do there. */
export function MapCanvas(props: MapCanvasProps): React.JSX.Element {
  const {
    layout,
    interpolatedPercent,
    points,
    visible,
    visibleCount,
    codes,
    palette,
    pointPixels,
    hasChosen,
    lasso,
    tool,
    onPart,
  } = props;
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useMapView(stage, layout);
  const { size, view } = map;
  const paper = palette.at(-1) as Rgb;
  const isWebgl = usePainter(canvas, { ...{ places: points.places, codes, size, view, pointPixels }, palette, paper, hasChosen }); // prettier-ignore
  const { hover, find, hide } = useHover({ points, visible, view });
  const addPart = (corners: readonly Point[]): void => {
    if (view !== null) onPart(corners.map((point) => toPlace(view, point)));
  };
  const drawn = useDrawnPart({
    ...{ tool, view, onPan: map.pan, onPart: addPart },
    onHover: (point) => find(point, false),
    onPress: (point) => find(point, true),
  });
  const [box, setBox] = useState<readonly Point[] | null>(null);
  const startBox = (): void => {
    stage.current?.focus();
    setBox([]);
  };
  const endBox = (corners: readonly [Point, Point]): void => {
    setBox(null);
    addPart(boxOf(...corners));
  };
  useMapKeys(map, {
    onBox: startBox,
    onReset: props.onReset,
    ...(hover === null ? {} : { onEscape: hide }),
  });
  useWheel(stage, map);
  return (
    <div className={styles.canvas}>
      <div
        ref={stage}
        className={styles.stage}
        data-stage=""
        data-tool={tool}
        tabIndex={0}
        role="application"
        aria-roledescription="map"
        aria-label={`${formatCount(visibleCount)} images ${LAYOUT_WORDS[layout]}. Arrows move, + and - zoom, L draws a box by keys.`}
        {...drawn.handlers}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {view === null ? null : (
          <MapDrawing
            {...{ view, layout, lasso }}
            draft={box === null ? drawn.draft : box.length < 2 ? [] : boxOf(...(box as [Point, Point]))}
            cross={box?.at(-1) ?? null}
          />
        )}
      </div>
      <MapButtons map={map} onBox={startBox} />
      <div className={styles.says}>
        <Remarks interpolatedPercent={interpolatedPercent} isPlain={isWebgl === false} />
        {box === null || size === null ? null : (
          <BoxByKeys size={size} onMove={setBox} onDone={endBox} onCancel={() => setBox(null)} />
        )}
      </div>
      {hover === null || size === null || box !== null ? null : (
        <HoverCard row={hover.row} at={hover.at} within={size} isPinned={hover.isPinned} />
      )}
    </div>
  );
}

interface Hovered {
  readonly row: number;
  readonly at: Point;
  readonly isPinned: boolean;
}

/** The point next to the pointer; a pinned one stays until it is hidden or another is pinned. */
function useHover({ points, visible, view }: Pick<MapCanvasProps, 'points' | 'visible'> & Pick<MapViewState, 'view'>) {
  const [hover, setHover] = useState<Hovered | null>(null);
  const find = (point: Point | null, isPinned: boolean): void => {
    if (hover?.isPinned === true && !isPinned) return;
    if (point === null || view === null) return setHover(null);
    const row = nearestPoint(points, visible, { place: toPlace(view, point), plane: view.plane }, REACH_PIXELS / view.side); // prettier-ignore
    setHover(row === null ? null : { row, at: point, isPinned });
  };
  return { hover, find, hide: () => setHover(null) };
}

interface RemarksProps extends Pick<MapCanvasProps, 'interpolatedPercent'> {
  readonly isPlain: boolean;
}

/** What is to be known of what is seen. */
function Remarks({ interpolatedPercent, isPlain }: RemarksProps): React.JSX.Element {
  return (
    <>
      {interpolatedPercent === 0 ? null : (
        <p>{interpolatedPercent} % of positions are interpolated: the mean of five images that they are like.</p>
      )}
      {isPlain ? <p>No graphics card with WebGL2 here: a plain canvas is drawn on.</p> : null}
    </>
  );
}

interface MapActs {
  readonly onBox: () => void;
  readonly onReset: () => void;
  readonly onEscape?: () => void;
}

function useMapKeys(map: MapViewState, { onBox, onReset, onEscape }: MapActs): void {
  const bind = (id: string, keys: readonly string[], says: string, run: () => void): KeyBinding => {
    return { id: `map.${id}`, keys, says, run };
  };
  const pan = (x: number, y: number) => (): void => map.pan([x * PAN_PIXELS, y * PAN_PIXELS]);
  useKeys({
    title: 'Map',
    bindings: [
      bind('left', ['ArrowLeft'], 'to the left', pan(1, 0)),
      bind('right', ['ArrowRight'], 'to the right', pan(-1, 0)),
      bind('up', ['ArrowUp'], 'up', pan(0, 1)),
      bind('down', ['ArrowDown'], 'down', pan(0, -1)),
      bind('in', ['+', '='], 'larger', () => map.zoom(ZOOM)),
      bind('out', ['-'], 'smaller', () => map.zoom(1 / ZOOM)),
      bind('all', ['Home'], 'the whole map', map.showAll),
      bind('box', ['l'], 'a box by keys: corner, arrows, corner', onBox),
      bind('reset', ['Delete', 'Backspace'], 'drop the lasso', onReset),
      ...(onEscape === undefined ? [] : [bind('escape', ['Escape'], 'hide the image', onEscape)]),
    ],
  });
}

/** React listens to the wheel without being able to keep the page from scrolling. */
function useWheel(stage: React.RefObject<HTMLElement | null>, map: MapViewState): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const element = stage.current;
    const turn = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top } = (element as HTMLElement).getBoundingClientRect();
      const factor = Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) / 300);
      latest.current.zoom(factor, [event.clientX - left, event.clientY - top]);
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [stage]);
}

function MapButtons({ map, onBox }: { readonly map: MapViewState; readonly onBox: () => void }): React.JSX.Element {
  return (
    <div className={styles.zoom} role="group" aria-label="What of the map is shown">
      <button type="button" onClick={onBox}>
        Box by keys
      </button>
      <button type="button" onClick={() => map.zoom(ZOOM)} aria-label="Larger">
        +
      </button>
      <button type="button" onClick={() => map.zoom(1 / ZOOM)} aria-label="Smaller">
        −
      </button>
      <button type="button" onClick={map.showAll}>
        All
      </button>
    </div>
  );
}
