import { StudioError } from '../server/client';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly children?: React.ReactNode;
  readonly isAlarm?: boolean;
  /** Part of a page that has a heading of its own. */
  readonly isPart?: boolean;
}

/** In place of a table or list with nothing in it: why, and what comes next. */
export function EmptyState({ title, children, isAlarm = false, isPart = false }: EmptyStateProps): React.JSX.Element {
  return (
    <div className={styles.state} role={isAlarm ? 'alert' : undefined}>
      {isPart ? <h2>{title}</h2> : <h1>{title}</h1>}
      {children}
    </div>
  );
}

interface WaitingStateProps extends Pick<EmptyStateProps, 'isPart'> {
  /** Why the last answer was none; null: none came yet. */
  readonly reason: Error | null;
}

/** In place of what is asked for again and again: what it waits for, and what helps. */
export function WaitingState({ reason, isPart = false }: WaitingStateProps): React.JSX.Element {
  const next = reason instanceof StudioError ? reason.next : null;
  return (
    <EmptyState title={reason?.message ?? 'Loading …'} isPart={isPart}>
      {next === null ? null : <p>{next}</p>}
    </EmptyState>
  );
}
