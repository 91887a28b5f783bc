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
