import type { StudioMeasure } from '@winnow/contracts';
import { formatShare } from '../../parts/numbers';
import { ScrollTable } from '../../parts/scroll-table';
import styles from './measure.module.css';

const SIDE = 220;

/** Share of right calls by the probability that the split gave them: on the diagonal it says what it means. */
export function Reliability({ bins }: { readonly bins: StudioMeasure['reliability'] }): React.JSX.Element {
  const looked = bins.filter((bin) => bin.looked > 0);
  const most = Math.max(...looked.map((bin) => bin.looked));
  return (
    <div className={styles.reliability}>
      <svg viewBox={`-2 -2 ${SIDE + 4} ${SIDE + 4}`} aria-hidden="true">
        <rect width={SIDE} height={SIDE} fill="none" stroke="var(--rule)" />
        <line x1="0" y1={SIDE} x2={SIDE} y2="0" stroke="var(--soft)" strokeDasharray="3 4" />
        {looked.map(({ from, mean, right, looked: count }) => (
          <circle
            key={from}
            cx={mean * SIDE}
            cy={SIDE - right * SIDE}
            r={3 + 6 * Math.sqrt(count / most)}
            fill="var(--accent)"
            fillOpacity="0.75"
          />
        ))}
      </svg>
      <ScrollTable caption="Right calls by probability">
        <thead>
          <tr>
            <th scope="col">Probability</th>
            <th scope="col" data-number>
              Mean
            </th>
            <th scope="col" data-number>
              Right
            </th>
            <th scope="col" data-number>
              Looks
            </th>
          </tr>
        </thead>
        <tbody>
          {looked.map(({ from, mean, right, looked: count }) => (
            <tr key={from}>
              <th scope="row">
                {formatShare(from)}–{formatShare(Math.min(1, from + 0.1))}
              </th>
              <td data-number>{formatShare(mean)}</td>
              <td data-number>{formatShare(right)}</td>
              <td data-number>{count}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </div>
  );
}
