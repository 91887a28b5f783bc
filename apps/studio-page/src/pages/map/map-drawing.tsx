import type { Lasso, MapLayout } from '@winnow/contracts/lasso';
import type { MapView, Place, Point } from './map-view';
import { toPoint } from './map-view';
import styles from './map.module.css';

interface MapDrawingProps {
  readonly view: MapView;
  readonly layout: MapLayout;
  readonly lasso: Lasso;
  /** What is being drawn now, in pixels. */
  readonly draft: readonly Point[];
  /** The corner of a box by keys. */
  readonly cross: Point | null;
}

const CORNERS: readonly Place[] = [
  [0, 0],
  [1, 0],
  [0, 1],
];

const pathOf = (points: readonly Point[]): string => points.map((point) => point.join()).join(' ');

/** Over the points: the triangle with the names of its corners, the lasso of this layout, and what is being drawn. */
export function MapDrawing({ view, layout, lasso, draft, cross }: MapDrawingProps): React.JSX.Element {
  const parts = lasso.layout === layout ? lasso.parts : [];
  return (
    <svg className={styles.drawing} aria-hidden="true">
      {layout === 'triangle' ? <Triangle view={view} /> : null}
      {parts.map(({ isTakenAway, corners }, at) => (
        <polygon
          key={at}
          className={isTakenAway ? styles.takenAway : styles.part}
          points={pathOf(corners.map((place) => toPoint(view, place)))}
        />
      ))}
      {draft.length < 2 ? null : <polygon className={styles.draft} points={pathOf(draft)} />}
      {cross === null ? null : (
        <path className={styles.cross} d={`M${cross[0] - 12} ${cross[1]}h24M${cross[0]} ${cross[1] - 12}v24`} />
      )}
    </svg>
  );
}

function Triangle({ view }: { readonly view: MapView }): React.JSX.Element {
  const [clean, closed, open] = CORNERS.map((place) => toPoint(view, place)) as [Point, Point, Point];
  return (
    <>
      <polygon className={styles.triangle} points={pathOf([clean, closed, open])} />
      <text x={clean[0]} y={clean[1] + 24} data-kind="clean" textAnchor="start">
        c ✓ clean
      </text>
      <text x={closed[0]} y={closed[1] + 24} data-kind="closed" textAnchor="end">
        closed ⇄ x
      </text>
      <text x={open[0]} y={open[1] - 14} data-kind="open" textAnchor="middle">
        o ○ open
      </text>
    </>
  );
}
