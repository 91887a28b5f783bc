import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { preferences } from '../parts/preferences';
import { useSignal } from '../parts/signal';
import styles from './curve-chart.module.css';

/** One line of a chart. */
export interface Curve {
  readonly name: string;
  /** At each x; null: not measured there. */
  readonly values: readonly (number | null)[];
  /** One standard deviation to either side, where there are several runs. */
  readonly deviations?: readonly (number | null)[];
}

export interface CurveChartProps {
  readonly title: string;
  /** Shared by all lines, ascending. */
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  readonly isPercent?: boolean;
  readonly isLog?: boolean;
  /** Lowest value of the axis; left out: by the lines. */
  readonly min?: number;
}

const HEIGHT = 230;
const COLOURS = ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6'];
/** Distances of the marks of an axis of whole numbers. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Where there are more lines than colours, the dashes tell them apart. */
const DASHES = [[], [6, 4], [2, 3]];

/** Lines over epochs; readers have the table beside it. */
export function CurveChart(props: CurveChartProps): React.JSX.Element {
  const { theme } = useSignal(preferences);
  const box = useRef<HTMLDivElement>(null);
  const shape = `${theme} ${props.curves.map(({ name }) => name).join('\n')} ${props.isLog} ${props.isPercent} ${props.xLabel}`;
  const latest = useRef(props);
  latest.current = props;
  const chart = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(latest.current, element), dataOf(latest.current), element);
    };
    draw();
    const sized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    sized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      sized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(props)), [props.x, props.curves]);
  return (
    <figure className={styles.figure}>
      <figcaption>{props.title}</figcaption>
      <div ref={box} className={styles.box} aria-hidden="true" />
      <ul className={styles.legend}>
        {props.curves.map(({ name }, index) => (
          <li key={name}>
            <svg width="22" height="8" aria-hidden="true">
              <line
                x1="1"
                x2="21"
                y1="4"
                y2="4"
                stroke={`var(${colourOf(index)})`}
                strokeWidth="2"
                strokeDasharray={dashOf(index).join(' ')}
              />
            </svg>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] as string;
const dashOf = (index: number): number[] => DASHES[Math.floor(index / COLOURS.length) % DASHES.length] as number[];

/** Each line, and behind it the borders of its band. */
function dataOf({ x, curves }: CurveChartProps): uPlot.AlignedData {
  const rows = curves.flatMap(({ values, deviations }) => {
    if (deviations === undefined) return [[...values]];
    const border = (sign: number): (number | null)[] =>
      values.map((value, at) => (value === null ? null : value + sign * (deviations[at] ?? 0)));
    return [[...values], border(-1), border(1)];
  });
  return [[...x], ...rows];
}

function optionsOf(props: CurveChartProps, element: HTMLElement): uPlot.Options {
  const { curves, isPercent = false, isLog = false, xLabel, min } = props;
  const soft = resolved(element, '--soft');
  const rule = resolved(element, '--rule');
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const text = (value: number): string => (isPercent ? `${Math.round(100 * value)} %` : shortNumber(value));
  const axis = { stroke: soft, font, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1, size: 4 } };
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  curves.forEach(({ name, deviations, values }, index) => {
    const stroke = resolved(element, colourOf(index));
    const isSparse = values.filter((value) => value !== null).length < 40;
    series.push({
      label: name,
      stroke,
      width: 2,
      dash: dashOf(index),
      spanGaps: true,
      points: { show: isSparse, size: 5 },
    });
    if (deviations === undefined) return;
    const at = series.length;
    const hidden = { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true };
    series.push(hidden, hidden);
    bands.push({ series: [at + 1, at], fill: stroke.replace('rgb(', 'rgba(').replace(')', ', 0.14)') });
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false },
      y: { distr: isLog ? 3 : 1, ...(min === undefined || isLog ? {} : { range: (_, __, max) => [min, max * 1.04] }) },
    },
    axes: [
      {
        ...axis,
        label: xLabel,
        labelFont: font,
        labelSize: 22,
        size: 30,
        ...(xLabel === 'epoch' ? { incrs: WHOLE } : {}),
        values: (_, splits) => splits.map(shortNumber),
      },
      { ...axis, size: 52, values: (_, splits) => splits.map((value) => (value === null ? '' : text(value))) },
    ],
    series,
    bands,
  };
}

/** Canvas knows no variables: the colour as it is drawn now. */
function resolved(element: HTMLElement, variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function shortNumber(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) < 0.01 || Math.abs(value) >= 1e5
    ? value.toExponential(0)
    : String(Number(value.toPrecision(3)));
}
