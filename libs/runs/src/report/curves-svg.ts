import { axisScale } from './axis-scale';
import type { AxisScale } from './axis-scale';

/** One line of a chart. */
export interface CurveSeries {
  readonly name: string;
  /** [x, y], in order of x; a y that is not finite makes a gap. */
  readonly points: readonly (readonly [number, number])[];
  /** [x, low, high] of a shaded area behind the line, in order of x. */
  readonly band?: readonly (readonly [number, number, number])[];
}

export interface CurveOptions {
  readonly title: string;
  readonly xLabel: string;
  /** How the y axis is written; `percent` takes 0..1. */
  readonly yFormat?: 'number' | 'percent';
  /** Values that the y axis must reach. */
  readonly yInclude?: readonly number[];
  /** With its own style sheet, for a file that stands alone; else the page brings CURVES_CSS. */
  readonly standalone?: boolean;
}

/** Colours a chart of curvesSvg; light and dark, by variables that a page may set on an outer element. */
export const CURVES_CSS = `
.curves{font:11px system-ui,-apple-system,'Segoe UI',sans-serif;fill:var(--ink,#1f1d1a)}
.curves .c-title{font-weight:600;font-size:13px}
.curves .c-soft{fill:var(--soft,#655f55)}
.curves .c-grid{stroke:var(--rule,#ddd8cc);stroke-width:1}
.curves .c-line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.curves .s1{stroke:var(--s1,#1a6f8a)}.curves .s2{stroke:var(--s2,#b4580f)}.curves .s3{stroke:var(--s3,#5a7a1e)}
.curves .s4{stroke:var(--s4,#84449a)}.curves .s5{stroke:var(--s5,#a8324a)}.curves .s6{stroke:var(--s6,#5f6b78)}
.curves .c-band{fill-opacity:.16;stroke:none}
.curves .b1{fill:var(--s1,#1a6f8a)}.curves .b2{fill:var(--s2,#b4580f)}.curves .b3{fill:var(--s3,#5a7a1e)}
.curves .b4{fill:var(--s4,#84449a)}.curves .b5{fill:var(--s5,#a8324a)}.curves .b6{fill:var(--s6,#5f6b78)}
.curves .d1{stroke-dasharray:6 4}.curves .d2{stroke-dasharray:2 4}`;

const STANDALONE_CSS = `${CURVES_CSS}
@media (prefers-color-scheme:dark){svg{--ink:#ece7dc;--soft:#aaa396;--rule:#3a3731;--s1:#5fb8d6;--s2:#e79a56;\
--s3:#a4c860;--s4:#c79ad8;--s5:#ee8a9c;--s6:#a9b4c0;background:#171614}}`;

export const CURVE_WIDTH = 340;
const PLOT = { left: 44, right: 328, top: 32, bottom: 172 };
const COLOURS = 6;
const LEGEND_TOP = 226;
const LEGEND_ROW = 18;

/** A line chart as one SVG element, 340 units wide; text is escaped, equal input gives equal text. */
export function curvesSvg(series: readonly CurveSeries[], options: CurveOptions): string {
  const legend = locationLegend(series);
  const height = LEGEND_TOP + LEGEND_ROW * (legend.at(-1)?.row ?? 0) + 8;
  const points = series.flatMap((line) => line.points);
  const x = axisScale(
    points.map((point) => point[0]),
    5,
  );
  const heights = [
    ...points.map((point) => point[1]),
    ...series.flatMap(({ band = [] }) => band.flatMap(([, low, high]) => [low, high])),
  ];
  const y = axisScale([...heights, ...(options.yInclude ?? [])], 4);
  const label = escapeXml(`${options.title}: ${series.map((line) => line.name).join(', ')}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="0 0 ${CURVE_WIDTH} ${height}" role="img" aria-label="${label}">`,
    options.standalone === true ? `<style>${STANDALONE_CSS}</style>` : '',
    `<text class="c-title" x="0" y="14">${escapeXml(options.title)}</text>`,
    yAxis(y, options.yFormat ?? 'number'),
    xAxis(x, options.xLabel),
    ...series.map((line, index) => bandPath(line, index, { x, y })),
    ...series.map((line, index) => path(line, lineClass(index), { x, y })),
    ...legend.map(legendEntry),
    '</svg>',
  ].join('');
}

function yAxis(scale: AxisScale, format: 'number' | 'percent'): string {
  return scale.ticks
    .map((tick) => {
      const at = round(position(tick, scale, [PLOT.bottom, PLOT.top]));
      const text = format === 'percent' ? `${Number((100 * tick).toPrecision(6))} %` : tickText(tick);
      return (
        `<line class="c-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>` +
        `<text class="c-soft" x="${PLOT.left - 8}" y="${round(at + 4)}" text-anchor="end">${text}</text>`
      );
    })
    .join('');
}

function xAxis(scale: AxisScale, label: string): string {
  const whole = scale.ticks.filter((tick) => Number.isInteger(tick));
  const ticks = whole.map((tick) => {
    const at = round(position(tick, scale, [PLOT.left, PLOT.right]));
    return `<text class="c-soft" x="${at}" y="${PLOT.bottom + 17}" text-anchor="middle">${tickText(tick)}</text>`;
  });
  const middle = (PLOT.left + PLOT.right) / 2;
  return `${ticks.join('')}<text class="c-soft" x="${middle}" y="${PLOT.bottom + 32}" text-anchor="middle">${escapeXml(label)}</text>`;
}

/** A point on its own is drawn as a zero-length stroke, which the round caps make a dot. */
function path(line: CurveSeries, style: string, { x, y }: { readonly x: AxisScale; readonly y: AxisScale }): string {
  const commands: string[] = [];
  let drawing = false;
  for (const [pointX, pointY] of line.points) {
    if (!Number.isFinite(pointX) || !Number.isFinite(pointY)) {
      drawing = false;
      continue;
    }
    const at = `${round(position(pointX, x, [PLOT.left, PLOT.right]))} ${round(position(pointY, y, [PLOT.bottom, PLOT.top]))}`;
    commands.push(drawing ? `L${at}` : `M${at}h0`);
    drawing = true;
  }
  return commands.length === 0 ? '' : `<path class="c-line ${style}" d="${commands.join('')}"/>`;
}

/** There along the upper edge, back along the lower one. */
function bandPath(
  { band = [] }: CurveSeries,
  index: number,
  { x, y }: { readonly x: AxisScale; readonly y: AxisScale },
): string {
  const whole = band.filter((edges) => edges.every(Number.isFinite));
  if (whole.length < 2) return '';
  const at = (valueX: number, valueY: number): string =>
    `${round(position(valueX, x, [PLOT.left, PLOT.right]))} ${round(position(valueY, y, [PLOT.bottom, PLOT.top]))}`;
  const upper = whole.map(([valueX, , high]) => at(valueX, high));
  const lower = whole.map(([valueX, low]) => at(valueX, low)).reverse();
  return `<path class="c-band b${(index % COLOURS) + 1}" d="M${[...upper, ...lower].join('L')}Z"/>`;
}

interface LegendLocation {
  readonly name: string;
  readonly style: string;
  readonly x: number;
  readonly row: number;
}

function locationLegend(series: readonly CurveSeries[]): LegendLocation[] {
  let x = 0;
  let row = 0;
  return series.map((line, index) => {
    const name = line.name.length > 44 ? `${line.name.slice(0, 43)}…` : line.name;
    const width = 30 + 6.4 * name.length + 14;
    if (x > 0 && x + width > CURVE_WIDTH) [x, row] = [0, row + 1];
    const location = { name, style: lineClass(index), x: round(x), row };
    x += width;
    return location;
  });
}

function legendEntry({ name, style, x, row }: LegendLocation): string {
  const y = LEGEND_TOP + LEGEND_ROW * row;
  return (
    `<line class="c-line ${style}" x1="${x + 1}" x2="${x + 23}" y1="${y - 4}" y2="${y - 4}"/>` +
    `<text x="${x + 30}" y="${y}">${escapeXml(name)}</text>`
  );
}

/** Six colours, then the same six dashed, then dotted. */
function lineClass(index: number): string {
  const dash = Math.floor(index / COLOURS) % 3;
  return `s${(index % COLOURS) + 1}${dash === 0 ? '' : ` d${dash}`}`;
}

function position(value: number, scale: AxisScale, [from, to]: readonly [number, number]): number {
  return from + ((value - scale.min) / (scale.max - scale.min)) * (to - from);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function tickText(value: number): string {
  return Math.abs(value) >= 10_000 ? value.toExponential(0).replace('e+', 'e') : String(value);
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text
    .replace(
      /[^\t\n\r -~\u00a0-\u200d\u2010-\u2027\u2030-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\u{10000}-\u{10ffff}]/gu,
      ' ',
    )
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
