import { html } from './markup';
import type { Markup } from './markup';

/** A part of a bar; `style` is one of the fill classes of the style sheet. */
export interface BarPart {
  readonly value: number;
  readonly style: string;
}

/** A horizontal bar as wide as its box stands for `full`; decoration beside a number, so hidden from readers. */
export function bar(parts: readonly BarPart[], full: number): Markup {
  let start = 0;
  const rects = parts.map(({ value, style }) => {
    const width = full > 0 ? (100 * Math.max(0, value)) / full : 0;
    const rect = html`<rect class="${style}" x="${fixed(start)}%" width="${fixed(width)}%" height="100%" />`;
    start += width;
    return rect;
  });
  return html`<svg class="bar" aria-hidden="true">
    <rect class="fill-track" width="100%" height="100%" />
    ${rects}
  </svg>`;
}

/** A bar from 0 to `value` of 0..1, with a whisker of `spread` to either side and a mark to compare with. */
export function whiskerBar(value: number, spread: number | null, mark: number | null): Markup {
  const at = (fraction: number): string => `${fixed(100 * Math.min(1, Math.max(0, fraction)))}%`;
  const whisker =
    spread !== null &&
    html`<line class="halo" x1="${at(value - spread)}" x2="${at(value + spread)}" y1="50%" y2="50%" />
      <line class="whisker" x1="${at(value - spread)}" x2="${at(value + spread)}" y1="50%" y2="50%" />
      <line class="whisker" x1="${at(value - spread)}" x2="${at(value - spread)}" y1="28%" y2="72%" />
      <line class="whisker" x1="${at(value + spread)}" x2="${at(value + spread)}" y1="28%" y2="72%" />`;
  return html`<svg class="bar bar-tall" aria-hidden="true">
    <rect class="fill-track" width="100%" height="100%" />
    <rect class="fill-accent" width="${at(value)}" height="100%" />
    ${whisker}${mark !== null && html`<line class="mark" x1="${at(mark)}" x2="${at(mark)}" y1="0" y2="100%" />`}
  </svg>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
