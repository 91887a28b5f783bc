import type { NoiseKind } from '@winnow/contracts';
import { NOISE_KINDS } from '@winnow/contracts';
import { axisScale } from '@winnow/runs';
import type { AxisScale } from '@winnow/runs';

import { html } from './markup';
import type { Markup } from './markup';
import { count } from './number-format';
import type { SplitHistogram } from './report-data';

const PLOT = { left: 44, right: 328, top: 32, bottom: 172 };

/** Stacked histogram by kind, in the style of curvesSvg. */
export function histogramSvg({ label, edges, counts }: SplitHistogram, title: string): Markup {
  const bins = Math.max(0, edges.length - 1);
  const heights = Array.from({ length: bins }, (_, bin) =>
    NOISE_KINDS.reduce((sum, kind) => sum + (counts[kind][bin] ?? 0), 0),
  );
  const y = axisScale([0, ...heights], 4);
  const x = axisScale([edges[0] ?? 0, edges.at(-1) ?? 1], 5);
  return html`<svg class="curves" viewBox="0 0 340 212" role="img" aria-label="${title}, by kind">
    <text class="c-title" x="0" y="14">${title}</text>
    ${y.ticks.map(
      (tick) =>
        html`<line class="c-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${atY(tick, y)}" y2="${atY(tick, y)}" /><text
            class="c-soft"
            x="${PLOT.left - 8}"
            y="${atY(tick, y) + 4}"
            text-anchor="end"
            >${count(tick)}</text
          >`,
    )}
    ${Array.from({ length: bins }, (_, bin) => stack(bin, { label, edges, counts }, { x, y }))}
    ${x.ticks.map((tick) => html`<text class="c-soft" x="${atX(tick, x)}" y="${PLOT.bottom + 17}" text-anchor="middle">${tick}</text>`)}
    <text class="c-soft" x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 33}" text-anchor="middle">
      ${label}
    </text>
  </svg>`;
}

function stack(
  bin: number,
  { edges, counts }: SplitHistogram,
  { x, y }: { readonly x: AxisScale; readonly y: AxisScale },
): Markup {
  const left = atX(edges[bin] ?? 0, x);
  const right = atX(edges[bin + 1] ?? 0, x);
  let below = 0;
  const rects = NOISE_KINDS.map((kind: NoiseKind) => {
    const amount = counts[kind][bin] ?? 0;
    const top = atY(below + amount, y);
    const height = tenth(atY(below, y) - top);
    below += amount;
    return (
      amount > 0 &&
      html`<rect
        class="fill-${kind}"
        x="${tenth(left + 0.5)}"
        y="${top}"
        width="${tenth(Math.max(0.5, right - left - 1))}"
        height="${height}"
      />`
    );
  });
  return html`${rects}`;
}

function atX(value: number, { min, max }: AxisScale): number {
  return tenth(PLOT.left + ((value - min) / (max - min)) * (PLOT.right - PLOT.left));
}

function atY(value: number, { min, max }: AxisScale): number {
  return tenth(PLOT.bottom - ((value - min) / (max - min)) * (PLOT.bottom - PLOT.top));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
