import type { MapLayout } from '@winnow/contracts/lasso';

/**
 * Two numbers of a layout, each from 0 to 1. Of a triangle they are closed and open, two of three shares: clean lies at the left,
 * closed at the right, open above; of neighbours they are x and y.
 */
export type Place = readonly [first: number, second: number];
export type Point = readonly [x: number, y: number];

/** How the numbers of a place lie in the plane: at (first + skew * second, height * second). */
export interface Plane {
  readonly skew: number;
  readonly height: number;
}
export const PLANES: Readonly<Record<MapLayout, Plane>> = {
  triangle: { skew: 0.5, height: Math.sqrt(3) / 2 },
  neighbours: { skew: 0, height: 1 },
};

/** What of the map a canvas shows, in CSS pixels. */
export interface MapView {
  readonly plane: Plane;
  /** Length of a side of the triangle or square. */
  readonly side: number;
  /** Where the place (0, 0) is. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Around the triangle, for the names of its corners. */
const MARGIN = { x: 28, y: 40 };
const MAX_ZOOM = 64;

export function toPoint({ plane, side, x, y }: MapView, [first, second]: Place): Point {
  return [x + side * (first + plane.skew * second), y - side * plane.height * second];
}

export function toPlace({ plane, side, x, y }: MapView, [pointX, pointY]: Point): Place {
  const second = (y - pointY) / (side * plane.height);
  return [(pointX - x) / side - plane.skew * second, second];
}

/** All of it, as large as it fits. */
export function wholeView({ width, height }: Size, plane: Plane): MapView {
  const side = Math.max(40, Math.min(width - 2 * MARGIN.x, (height - 2 * MARGIN.y) / plane.height));
  return { plane, side, x: (width - side) / 2, y: (height + side * plane.height) / 2 };
}

/** Larger or smaller around a point that stays where it is. */
export function zoomed(view: MapView, factor: number, [atX, atY]: Point, size: Size): MapView {
  const { plane } = view;
  const { side: least } = wholeView(size, plane);
  const side = Math.min(least * MAX_ZOOM, Math.max(least * 0.75, view.side * factor));
  const by = side / view.side;
  return panned({ plane, side, x: atX + (view.x - atX) * by, y: atY + (view.y - atY) * by }, [0, 0], size);
}

/** Moved, but never so far that nothing is left to be seen. */
export function panned(view: MapView, [byX, byY]: Point, { width, height }: Size): MapView {
  const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  return {
    plane: view.plane,
    side: view.side,
    x: clamp(view.x + byX, width * 0.2 - view.side, width * 0.8),
    y: clamp(view.y + byY, height * 0.2, height * 0.8 + view.side * view.plane.height),
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
