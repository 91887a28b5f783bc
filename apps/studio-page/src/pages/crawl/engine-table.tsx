import type { StudioCrawl } from '@winnow/contracts';
import { formatAgo, formatClock } from '../../parts/durations';
import { formatCount } from '../../parts/numbers';
import { ScrollTable } from '../../parts/scroll-table';
import { StepButton } from '../../steps/step-button';
import styles from './crawl-page.module.css';

/** Search engines: whether they answer, and of those that do not why, and until when they are left alone. */
export function EngineTable({ engines }: Pick<StudioCrawl, 'engines'>): React.JSX.Element {
  return (
    <ScrollTable caption="Search engines">
      <thead>
        <tr>
          <th scope="col">Engine</th>
          <th scope="col">State</th>
          <th scope="col" data-number>
            Listed
          </th>
          <th scope="col">Last answer</th>
          <th scope="col">
            <span className="unseen">Ask once</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {engines.map(({ name, state, responseClass, lastAnswer, reason, until, listed }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {reason === null ? null : <span className={styles.meaning}>{reason}</span>}
            </th>
            <td className={styles.engine} data-state={state}>
              {state === 'answers'
                ? '✓ answers'
                : state === 'suspended'
                  ? `✕ ${responseClass ?? 'unreachable'}`
                  : 'not asked'}
              {until === null ? null : <span className={styles.until}>until {formatClock(until)}</span>}
            </td>
            <td data-number>{formatCount(listed)}</td>
            <td>{lastAnswer === null ? '–' : formatAgo(lastAnswer)}</td>
            <td className={styles.again}>
              <StepButton
                step={{ step: 'engines check', options: { engine: name } }}
                says="Puts one query to this engine and shows what came back; a good answer ends its pause."
              >
                Ask once …
              </StepButton>
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
