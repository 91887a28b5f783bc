import type { MeasuredShare, NoiseKind } from '@winnow/contracts';
import { KindSign } from '../../parts/kind-sign';
import styles from './measure.module.css';

export interface IntervalProps {
  readonly title: string;
  readonly kind: NoiseKind | null;
  /** Null before the first look. */
  readonly share: MeasuredShare | null;
  /** Else it is dashed. */
  readonly isComplete: boolean;
}

/** A share with its interval on a line of 0 to 100 %. */
export function Interval({ title, kind, share, isComplete }: IntervalProps): React.JSX.Element {
  const at = (value: number): string => `${100 * value}%`;
  const colour = `var(--${kind ?? 'accent'})`;
  return (
    <div className={styles.interval}>
      <span className={styles.name}>
        {kind === null ? null : <KindSign kind={kind} />} {title}
      </span>
      <svg width="100%" height="26" aria-hidden="true">
        <line x1="0" x2="100%" y1="13" y2="13" stroke="var(--rule)" strokeWidth="2" />
        {[25, 50, 75].map((tick) => (
          <line key={tick} x1={`${tick}%`} x2={`${tick}%`} y1="9" y2="17" stroke="var(--rule)" />
        ))}
        {share === null ? null : (
          <>
            <line
              x1={at(share.low)}
              x2={at(share.high)}
              y1="13"
              y2="13"
              stroke={colour}
              strokeWidth="5"
              strokeDasharray={isComplete ? undefined : '5 4'}
            />
            <line x1={at(share.low)} x2={at(share.low)} y1="6" y2="20" stroke={colour} strokeWidth="2" />
            <line x1={at(share.high)} x2={at(share.high)} y1="6" y2="20" stroke={colour} strokeWidth="2" />
            <circle cx={at(share.share)} cy="13" r="6" fill={colour} stroke="var(--paper)" strokeWidth="2" />
          </>
        )}
      </svg>
      <span className={styles.figure}>
        {share === null ? (
          <span className="soft">no look yet</span>
        ) : (
          <>
            <b>{percent(share.share)} %</b>{' '}
            <span className="soft">
              {percent(share.low)}–{percent(share.high)}
              {isComplete ? '' : ', not done'}
            </span>
          </>
        )}
      </span>
    </div>
  );
}

const percent = (share: number): string => (100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0);
