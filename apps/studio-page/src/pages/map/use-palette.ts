import { useEffect, useMemo, useReducer } from 'react';
import { preferences } from '../../parts/preferences';
import { useSignal } from '../../parts/signal';
import type { Rgb } from './point-painter';

/** Colours of CSS as numbers, again whenever the page turns dark or light. */
export function usePalette(colours: readonly string[]): readonly Rgb[] {
  const { theme } = useSignal(preferences);
  const [systemTheme, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  const key = colours.join(' ');
  return useMemo(() => readColours(colours), [key, theme, systemTheme]);
}

/** A browser knows what `var(--open)` is, and a canvas which numbers that has. */
function readColours(colours: readonly string[]): readonly Rgb[] {
  const probe = document.body.appendChild(document.createElement('span'));
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (colour: string): Rgb => {
    probe.style.color = colour;
    if (context === null) return [128, 128, 128];
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  };
  const all = colours.map(read);
  probe.remove();
  return all;
}
