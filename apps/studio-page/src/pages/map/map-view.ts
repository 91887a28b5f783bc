/** Clean lies at the left, closed at the right, open above: a place is closed and open, as they are two of three shares. */
export type Place = readonly [closed: number, open: number];
export type Point = readonly [x: number, y: number];

/** What of the map a canvas shows, in CSS pixels. */
export interface MapView {
  /** Length of a side of the triangle. */
  readonly side: number;
  /** Where the corner `clean` is. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const HEIGHT = Math.sqrt(3) / 2;
/** Around the triangle, for the names of its corners. */
const MARGIN = { x: 28, y: 40 };
const MAX_ZOOM = 64;

export function toPoint({ side, x, y }: MapView, [closed, open]: Place): Point {
  return [x + side * (closed + open / 2), y - side * HEIGHT * open];
}

export function toPlace({ side, x, y }: MapView, [pointX, pointY]: Point): Place {
  const open = (y - pointY) / (side * HEIGHT);
  return [(pointX - x) / side - open / 2, open];
}

/** The whole triangle, as large as it fits. */
export function wholeView({ width, height }: Size): MapView {
  const side = Math.max(40, Math.min(width - 2 * MARGIN.x, (height - 2 * MARGIN.y) / HEIGHT));
  return { side, x: (width - side) / 2, y: (height + side * HEIGHT) / 2 };
}

/** Larger or smaller around a point that stays where it is. */
export function zoomed(view: MapView, factor: number, [atX, atY]: Point, size: Size): MapView {
  const { side: least } = wholeView(size);
  const side = Math.min(least * MAX_ZOOM, Math.max(least * 0.75, view.side * factor));
  const by = side / view.side;
  return panned({ side, x: atX + (view.x - atX) * by, y: atY + (view.y - atY) * by }, [0, 0], size);
}

/** Moved, but never so far that nothing is left to be seen. */
export function panned(view: MapView, [byX, byY]: Point, { width, height }: Size): MapView {
  const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  return {
    side: view.side,
    x: clamp(view.x + byX, width * 0.2 - view.side, width * 0.8),
    y: clamp(view.y + byY, height * 0.2, height * 0.8 + view.side * HEIGHT),
  };
}

/** Of a list of points the `most` that keep its shape best: those whose corner is smallest go first (Visvalingam). */
export function simplified(points: readonly Point[], most: number): readonly Point[] {
  const left = points.filter(([x, y], at) => at === 0 || x !== points[at - 1]?.[0] || y !== points[at - 1]?.[1]);
  while (left.length > Math.max(3, most)) {
    let smallest = 0;
    let area = Infinity;
    for (let at = 0; at < left.length; at += 1) {
      const around = cornerArea(left, at);
      if (around < area) [smallest, area] = [at, around];
    }
    left.splice(smallest, 1);
  }
  return left;
}

function cornerArea(points: readonly Point[], at: number): number {
  const [fromX, fromY] = points.at(at - 1) as Point;
  const [x, y] = points[at] as Point;
  const [toX, toY] = points[(at + 1) % points.length] as Point;
  return Math.abs((x - fromX) * (toY - fromY) - (toX - fromX) * (y - fromY));
}
