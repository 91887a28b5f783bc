import type { Saying } from '../../decisions/decide-acts';
import { KeyCap } from '../../keys/key-cap';
import { formatCount } from '../../parts/numbers';
import styles from './images-page.module.css';

export interface SelectionBarProps {
  /** 0: the acts are for the image of the focus. */
  readonly count: number;
  readonly onAll: () => void;
  readonly onNone: () => void;
  readonly onChoose: () => void;
  readonly onSay: (saying: Saying, words: string) => void;
}

/** How many are selected is said before anything happens to them. */
export function SelectionBar({ count, onAll, onNone, onChoose, onSay }: SelectionBarProps): React.JSX.Element {
  return (
    <div className={styles.selection} data-selected={count > 0 || undefined} role="group" aria-label="Acts">
      <span aria-live="polite" className={styles.selectionCount}>
        {count === 0 ? 'This image' : `${formatCount(count)} selected`}
      </span>
      <button type="button" onClick={onChoose}>
        Decide as … <KeyCap name="e" />
      </button>
      <button type="button" onClick={() => onSay(() => 'open', 'none of the classes')}>
        None of the classes <KeyCap name="o" />
      </button>
      <button type="button" onClick={() => onSay(() => 'unsure', 'unsure')}>
        Unsure <KeyCap name="v" />
      </button>
      <button type="button" onClick={() => onSay(() => 'cleared', 'taken back')}>
        Clear <KeyCap name="Delete" />
      </button>
      <span className={styles.spacer} />
      <button type="button" onClick={onAll}>
        All of this list
      </button>
      <button type="button" onClick={onNone} disabled={count === 0}>
        None
      </button>
    </div>
  );
}
