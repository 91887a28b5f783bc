import type { AppliedFilter, ListFilters } from './image-query';
import styles from './images-page.module.css';

interface FilterChipsProps {
  readonly applied: readonly AppliedFilter[];
  readonly change: (without: Partial<ListFilters>) => void;
  readonly children?: React.ReactNode;
}

/** Each filter of a list with a way to drop it, and what is to be said beside them. */
export function FilterChips({ applied, change, children = null }: FilterChipsProps): React.JSX.Element | null {
  if (applied.length === 0 && children === null) return null;
  const withoutAll = Object.assign({}, ...applied.map(({ without }) => without)) as Partial<ListFilters>;
  return (
    <ul className={styles.chips} aria-label="Filters of this list">
      {applied.map(({ name, words, without }) => (
        <li key={name}>
          <button type="button" onClick={() => change(without)}>
            <bdi>{words}</bdi> <span aria-hidden="true">✕</span>
            <span className="unseen">, drop this filter</span>
          </button>
        </li>
      ))}
      {children}
      {applied.length < 2 ? null : (
        <li>
          <button type="button" onClick={() => change(withoutAll)}>
            Drop all
          </button>
        </li>
      )}
    </ul>
  );
}
