import { useEffect, useRef, useState } from 'react';
import { CanvasPoints } from './canvas-points';
import type { MapView, Size } from './map-view';
import type { PointFrame, PointPainter } from './point-painter';
import { WebglPoints } from './webgl-points';

interface Painting extends Omit<PointFrame, 'view' | 'ratio'> {
  readonly places: Uint16Array<ArrayBuffer>;
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly size: Size | null;
  readonly view: MapView | null;
}

/** Draws points on a canvas, at most once a frame. @returns whether by WebGL2; null before the first time */
export function usePainter(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  { places, codes, size, view, pointPixels, palette, paper, hasChosen }: Painting,
): boolean | null {
  const painter = useRef<PointPainter | null>(null);
  const [isWebgl, setWebgl] = useState<boolean | null>(null);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    painter.current = createPainter(canvas.current);
    setWebgl(painter.current.isWebgl);
    return () => {
      painter.current?.close();
      painter.current = null;
    };
  }, [canvas]);
  useEffect(() => painter.current?.setPlaces(places), [places, isWebgl]);
  useEffect(() => painter.current?.setCodes(codes), [codes, isWebgl]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || size === null || view === null) return undefined;
    const frame = requestAnimationFrame(() => {
      const ratio = devicePixelRatio;
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      // Setting it empties the canvas.
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      painter.current?.draw({ view, ratio, pointPixels, palette, paper, hasChosen });
      element.dataset.drawn = String(codes.length);
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, places, codes, size, view, pointPixels, palette, paper, hasChosen, isWebgl]);
  return isWebgl;
}

/** By WebGL2; without a graphics card on a plain canvas: at a million points that takes a third of WebGL2 in software. */
function createPainter(canvas: HTMLCanvasElement): PointPainter {
  const gl = hasGraphicsCard() ? canvas.getContext('webgl2', { antialias: false, powerPreference: 'low-power' }) : null;
  return gl === null ? new CanvasPoints(canvas) : new WebglPoints(canvas, gl);
}

/** A canvas that was asked for one context gives no other, so another one is asked. */
function hasGraphicsCard(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  const names = gl?.getExtension('WEBGL_debug_renderer_info') ?? null;
  const renderer = names === null ? '' : String(gl?.getParameter(names.UNMASKED_RENDERER_WEBGL));
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null && !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}
