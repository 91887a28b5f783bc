import styles from './scroll-table.module.css';

/** A table that scrolls sideways where it is too wide, by keys too. */
export function ScrollTable({
  caption,
  children,
}: {
  /** Read out; what is seen says it otherwise. */
  readonly caption: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <div className={styles.scroll} role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption className="unseen">{caption}</caption>
        {children}
      </table>
    </div>
  );
}
