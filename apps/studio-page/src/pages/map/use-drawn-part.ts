import { useRef, useState } from 'react';
import type { MapView, Point } from './map-view';
import { simplified } from './map-view';

export type MapTool = 'lasso' | 'box' | 'move';

interface DrawnPartOptions {
  readonly tool: MapTool;
  readonly view: MapView | null;
  readonly onPan: (by: Point) => void;
  /** Corners of what was drawn, in pixels. */
  readonly onPart: (corners: readonly Point[]) => void;
  /** The pointer is somewhere and draws nothing; null: it has left. */
  readonly onHover: (point: Point | null) => void;
  /** A press that drew nothing. */
  readonly onPress: (point: Point) => void;
}

interface DrawnPart {
  readonly draft: readonly Point[];
  readonly handlers: {
    onPointerDown(event: React.PointerEvent<HTMLElement>): void;
    onPointerMove(event: React.PointerEvent<HTMLElement>): void;
    onPointerUp(event: React.PointerEvent<HTMLElement>): void;
    onPointerCancel(): void;
    onPointerLeave(): void;
  };
}

/** Of a lasso, as an address holds it. */
const MAX_CORNERS = 40;
/** Less than this is a press. */
const MIN_PIXELS = 5;
const MIDDLE = 1;

/** What a pointer draws on the map, or how it moves it (by the tool, or with the middle button). */
export function useDrawnPart({ tool, view, onPan, onPart, onHover, onPress }: DrawnPartOptions): DrawnPart {
  const path = useRef<Point[] | null>(null);
  const isMoving = useRef(false);
  const [draft, setDraft] = useState<readonly Point[]>([]);
  const end = (): void => {
    path.current = null;
    setDraft([]);
  };
  return {
    draft,
    handlers: {
      onPointerDown(event) {
        if (view === null || (event.button !== 0 && event.button !== MIDDLE)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        path.current = [pointOf(event)];
        isMoving.current = tool === 'move' || event.button === MIDDLE;
        onHover(null);
      },
      onPointerMove(event) {
        const point = pointOf(event);
        if (path.current === null) return onHover(point);
        const [x, y] = path.current.at(-1) as Point;
        if (isMoving.current) onPan([point[0] - x, point[1] - y]);
        path.current.push(point);
        if (!isMoving.current) setDraft(shapeOf(tool, path.current));
      },
      onPointerUp(event) {
        const drawn = path.current;
        end();
        if (drawn === null) return;
        if (extentOf(drawn) < MIN_PIXELS) onPress(pointOf(event));
        else if (!isMoving.current) onPart(simplified(shapeOf(tool, drawn), MAX_CORNERS));
      },
      onPointerCancel: end,
      onPointerLeave: () => onHover(null),
    },
  };
}

function pointOf({ currentTarget, clientX, clientY }: React.PointerEvent<HTMLElement>): Point {
  const { left, top } = currentTarget.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

function shapeOf(tool: MapTool, path: readonly Point[]): readonly Point[] {
  return tool === 'box' ? boxOf(path[0] as Point, path.at(-1) as Point) : [...path];
}

export function boxOf([fromX, fromY]: Point, [toX, toY]: Point): readonly Point[] {
  return [
    [fromX, fromY],
    [toX, fromY],
    [toX, toY],
    [fromX, toY],
  ];
}

function extentOf(path: readonly Point[]): number {
  const [x, y] = path[0] as Point;
  return path.reduce((most, [toX, toY]) => Math.max(most, Math.abs(toX - x), Math.abs(toY - y)), 0);
}
