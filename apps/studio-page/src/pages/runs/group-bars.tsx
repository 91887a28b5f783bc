import type { StudioRunGroup } from '@winnow/contracts';
import { Link } from '@tanstack/react-router';
import { frameSearch, useAddress } from '../../address/use-address';
import { countOf } from '../../parts/numbers';
import styles from './group-bars.module.css';
import { spreadText } from './run-words';

export interface GroupBarsProps {
  readonly groups: readonly StudioRunGroup[];
  readonly teacherAccuracy: number | null;
}

/** Accuracy of each group as a bar, one deviation to either side as a whisker, the teacher as a dashed line. */
export function GroupBars({ groups, teacherAccuracy }: GroupBarsProps): React.JSX.Element {
  const { search } = useAddress();
  const isTested = groups.some(({ accuracy }) => accuracy !== null);
  const valueOf = ({ accuracy, agreement }: StudioRunGroup): StudioRunGroup['accuracy'] =>
    isTested ? accuracy : agreement;
  const sorted = [...groups].sort((a, b) => (valueOf(b)?.mean ?? -1) - (valueOf(a)?.mean ?? -1));
  const tests = [...new Set(groups.map(({ testDigest }) => testDigest))];
  return (
    <>
      <ol className={styles.bars}>
        {sorted.map((group) => {
          const value = valueOf(group);
          return (
            <li key={group.key}>
              <span className={styles.name}>
                <Link to="/compare" search={{ ...frameSearch(search), runs: group.runs.join(',') } as never}>
                  {group.name}
                </Link>{' '}
                <span className="soft">
                  {group.model}, {countOf(group.seeds.length, 'seed')}
                  {tests.length > 1 ? `, test ${(group.testDigest ?? 'none').slice(0, 6)}` : ''}
                </span>
              </span>
              <span className={styles.bar} aria-hidden="true">
                {value === null ? null : (
                  <Bar mean={value.mean} sd={value.sd} mark={isTested ? teacherAccuracy : null} />
                )}
              </span>
              <b className={styles.amount}>{value === null ? '–' : `${spreadText(value)} %`}</b>
            </li>
          );
        })}
      </ol>
      <p className={styles.note}>
        {isTested ? 'Accuracy on the test set' : 'Agreement with the teacher on held-out images (there is no test set)'}
        ; the whisker is one standard deviation to either side.
        {isTested && teacherAccuracy !== null ? ' The dashed line is the teacher.' : ''}
        {tests.length > 1 ? ' Groups of different test images cannot be compared.' : ''}
      </p>
    </>
  );
}

function Bar({
  mean,
  sd,
  mark,
}: {
  readonly mean: number;
  readonly sd: number | null;
  readonly mark: number | null;
}): React.JSX.Element {
  const at = (share: number): string => `${100 * Math.min(1, Math.max(0, share))}%`;
  return (
    <svg width="100%" height="100%">
      <rect width="100%" height="100%" fill="var(--track)" />
      <rect width={at(mean)} height="100%" fill="var(--accent)" />
      {sd === null ? null : (
        <g>
          <line
            x1={at(mean - sd)}
            x2={at(mean + sd)}
            y1="50%"
            y2="50%"
            stroke="var(--paper)"
            strokeWidth="5"
            opacity="0.75"
          />
          <line x1={at(mean - sd)} x2={at(mean + sd)} y1="50%" y2="50%" stroke="var(--ink)" strokeWidth="1.5" />
        </g>
      )}
      {mark === null ? null : (
        <line x1={at(mark)} x2={at(mark)} y1="0" y2="100%" stroke="var(--ink)" strokeWidth="2" strokeDasharray="3 3" />
      )}
    </svg>
  );
}
