import type { StudioCrawlMinute } from '@winnow/contracts';
import { formatClock } from '../../parts/durations';
import { formatCount } from '../../parts/numbers';
import { SeriesTable } from '../../parts/series-table';
import styles from './crawl-page.module.css';

const MINUTES = 60;
const WIDTH = 600;
const HEIGHT = 120;

/** Kept, copies of what is kept, and all else: three colours are told apart, thirty are not. */
const PARTS = [
  { name: 'stored', colour: '--clean', has: (outcome: string) => outcome === 'stored' || outcome === 'unchanged' },
  { name: 'copies', colour: '--s6', has: (outcome: string) => outcome.startsWith('duplicate') },
  { name: 'failed', colour: '--closed', has: () => true },
] as const;

/** Settled addresses of each minute, stacked by what became of them. */
export function OutcomeMinutes({ minutes }: { readonly minutes: readonly StudioCrawlMinute[] }): React.JSX.Element {
  if (minutes.length === 0) return <p className="soft">Nothing was fetched within the last hour.</p>;
  const now = Math.floor(Date.now() / 60_000);
  const columns = minutes.map(({ at, counts }) => ({
    at,
    back: now - Date.parse(at) / 60_000,
    parts: partsOf(counts),
  }));
  const most = Math.max(1, ...columns.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0)));
  const wide = WIDTH / MINUTES;
  return (
    <figure className={styles.minutes}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`At most ${most} addresses a minute`}
      >
        {columns.map(({ at, back, parts }) => {
          let below = 0;
          return parts.map((count, index) => {
            const height = (HEIGHT * count) / most;
            below += height;
            return count === 0 ? null : (
              <rect
                key={`${at} ${index}`}
                x={WIDTH - (back + 1) * wide + 0.5}
                y={HEIGHT - below}
                width={wide - 1}
                height={height}
                fill={`var(${PARTS[index]?.colour})`}
              />
            );
          });
        })}
      </svg>
      <figcaption>
        <span>an hour ago</span>
        <span className={styles.legend}>
          {PARTS.map(({ name, colour }) => (
            <span key={name}>
              <span className={styles.swatch} style={{ background: `var(${colour})` }} aria-hidden="true" /> {name}
            </span>
          ))}
        </span>
        <span>now · {formatCount(most)} a minute at most</span>
      </figcaption>
      <SeriesTable
        caption="Addresses by minute"
        head="Minute"
        names={PARTS.map(({ name }) => name)}
        rows={columns.map(({ at, parts }) => ({ key: at, head: formatClock(at), cells: parts.map(formatCount) }))}
      />
    </figure>
  );
}

function partsOf(counts: StudioCrawlMinute['counts']): readonly number[] {
  const parts = PARTS.map(() => 0);
  for (const [outcome, count] of Object.entries(counts)) {
    const at = PARTS.findIndex(({ has }) => has(outcome));
    parts[at] = (parts[at] ?? 0) + count;
  }
  return parts;
}
