import styles from './key-cap.module.css';

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Delete: 'Del',
};

/** A key as it is drawn beside what it does: `Ctrl+k` as `Ctrl K`. */
export function KeyCap({ name }: { readonly name: string }): React.JSX.Element {
  const parts = name.split(/\+(?=.)/u).map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  return <kbd className={styles.cap}>{parts.join(' ')}</kbd>;
}
