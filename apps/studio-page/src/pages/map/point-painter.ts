import type { MapView } from './map-view';

/** What a byte says of a point: a colour in its low bits, whether it is drawn, and whether it is in the lasso. */
export const COLOUR_BITS = 63;
export const VISIBLE = 64;
export const CHOSEN = 128;

export type Rgb = readonly [red: number, green: number, blue: number];

/** How points are drawn now. */
export interface PointFrame {
  readonly view: MapView;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  /** Diameter of a point, CSS pixels. */
  readonly pointPixels: number;
  /** 0 to 255, by the colour of a point; at most 16. */
  readonly palette: readonly Rgb[];
  /** What lies behind. */
  readonly paper: Rgb;
  /** Some are chosen: the others are faint. */
  readonly hasChosen: boolean;
}

/** Draws very many points. */
export interface PointPainter {
  readonly isWebgl: boolean;
  /** Where they lie: 16 bits each for closed and open, in turn. */
  setPlaces(places: Uint16Array<ArrayBuffer>): void;
  /** A byte each, as above. */
  setCodes(codes: Uint8Array<ArrayBuffer>): void;
  draw(frame: PointFrame): void;
  close(): void;
}

/** How strongly a point is drawn: many are seen through each other. */
export function opacityOf(count: number, isFaint: boolean): number {
  const one = count > 200_000 ? 0.45 : count > 20_000 ? 0.65 : 0.85;
  return isFaint ? one * 0.18 : one;
}
