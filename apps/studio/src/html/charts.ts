import { NOISE_KINDS } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import { axisScale } from '@winnow/runs';
import type { AxisScale } from '@winnow/runs';
import { html } from './markup';
import type { Markup } from './markup';
import { count } from './number-format';

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

const PLOT = { left: 44, right: 328, top: 32, bottom: 172 };

/** Distribution of a quantity by kind, such as the one that a split decided on. */
export interface KindHistogram {
  readonly label: string;
  /** Borders of the bins, one more than there are bins, ascending. */
  readonly edges: readonly number[];
  /** Images a bin. */
  readonly counts: Readonly<Record<NoiseKind, readonly number[]>>;
}

/** Stacked histogram by kind, in the style of curvesSvg. */
export function histogramSvg({ label, edges, counts }: KindHistogram, title: string): Markup {
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
  { edges, counts }: KindHistogram,
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
