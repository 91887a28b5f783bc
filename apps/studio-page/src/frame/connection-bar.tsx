import { waiting } from '../decisions/decision-queue';
import { CommandLine } from '../parts/command-line';
import { countOf } from '../parts/numbers';
import { useSignal } from '../parts/signal';
import { connection } from '../server/connection';
import { useProject } from '../server/project';
import styles from './connection-bar.module.css';

/** While nobody answers; asks each second by itself, and goes when somebody does. */
export function ConnectionBar(): React.JSX.Element {
  const { file } = useProject();
  const items = useSignal(waiting);
  const isGone = useSignal(connection) === 'gone';
  return (
    <div role="alert">
      {isGone ? (
        <div className={styles.bar}>
          <p>
            The studio has ended. Start it again and this page goes on by itself.
            {items.length === 0 ? '' : ` ${countOf(items.length, 'decision waits', 'decisions wait')} in this tab.`}
          </p>
          <CommandLine command={`winnow studio ${file}`} />
        </div>
      ) : null}
    </div>
  );
}
