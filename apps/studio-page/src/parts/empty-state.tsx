import styles from './empty-state.module.css';

interface EmptyStateProps {
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly children?: React.ReactNode;
  readonly isAlarm?: boolean;
}

/** In place of a table or list with nothing in it: why, and what comes next. */
export function EmptyState({ title, children, isAlarm = false }: EmptyStateProps): React.JSX.Element {
  return (
    <div className={styles.state} role={isAlarm ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
