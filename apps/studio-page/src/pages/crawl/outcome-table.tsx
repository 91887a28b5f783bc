import type { StudioCrawl } from '@winnow/contracts';
import { formatCount } from '../../parts/numbers';
import { ScrollTable } from '../../parts/scroll-table';
import { StepButton } from '../../steps/step-button';
import styles from './crawl-page.module.css';

/** Stands for addresses of which nothing is known yet, where outcomes are named. */
export const WAITING = 'waiting';

export interface OutcomeTableProps {
  readonly crawl: StudioCrawl;
  /** An outcome, or WAITING. */
  readonly onOpen: (outcome: string) => void;
}

/** What became of the addresses; each count opens its list, and what may be better another time can be tried again. */
export function OutcomeTable({ crawl, onOpen }: OutcomeTableProps): React.JSX.Element {
  if (crawl.outcomes.length === 0 && crawl.pending === 0) return <p className="soft">No address was tried yet.</p>;
  return (
    <ScrollTable caption="Outcomes of image addresses">
      <thead>
        <tr>
          <th scope="col">Outcome</th>
          <th scope="col" data-number>
            Addresses
          </th>
          <th scope="col">
            <span className="unseen">Try again</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {crawl.outcomes.map(({ outcome, label, explanation, count, isRetryable }) => (
          <tr key={outcome}>
            <th scope="row">
              {label} <code className="soft">{outcome}</code>
              <span className={styles.meaning}>{explanation}</span>
            </th>
            <td data-number>
              <CountButton count={count} of={label} onOpen={() => onOpen(outcome)} />
            </td>
            <td className={styles.again}>
              {isRetryable ? (
                <StepButton
                  step={{ step: 'crawl', options: { retry: outcome } }}
                  says={`Tries the ${formatCount(count)} addresses once more of which this became.`}
                >
                  Try again …
                </StepButton>
              ) : null}
            </td>
          </tr>
        ))}
        {crawl.pending === 0 ? null : (
          <tr>
            <th scope="row">
              Waiting <span className={styles.meaning}>Nothing is known of them yet.</span>
            </th>
            <td data-number>
              <CountButton count={crawl.pending} of="Waiting" onOpen={() => onOpen(WAITING)} />
            </td>
            <td />
          </tr>
        )}
      </tbody>
    </ScrollTable>
  );
}

interface CountButtonProps {
  readonly count: number;
  readonly of: string;
  readonly onOpen: () => void;
}

function CountButton({ count, of, onOpen }: CountButtonProps): React.JSX.Element {
  return (
    <button type="button" className={styles.count} onClick={onOpen} aria-haspopup="dialog">
      {formatCount(count)}
      <span className="unseen">, list of {of}</span>
    </button>
  );
}
