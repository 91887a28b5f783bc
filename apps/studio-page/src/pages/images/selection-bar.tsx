import type { Saying } from '../../decisions/decide-acts';
import { decisionBindings } from '../../decisions/decide-acts';
import { KeyCap } from '../../keys/key-cap';
import { keysOf } from '../../keys/key-layers';
import { formatCount } from '../../parts/numbers';
import { useProject } from '../../server/project';
import styles from './images-page.module.css';

interface SelectionBarProps {
  /** 0: the acts are for the image of the focus. */
  readonly count: number;
  readonly onAll: () => void;
  readonly onNone: () => void;
  readonly onChoose: () => void;
  readonly onMore: () => void;
  readonly onSay: (saying: Saying, words: string) => void;
}

/** What the buttons say, by id of the act. */
const SHORT: Readonly<Record<string, string>> = {
  'decide.given': 'Given is right',
  'decide.likely': 'Split is right',
  'decide.open': 'No class',
  'decide.unsure': 'Unsure',
  'decide.cleared': 'Clear',
};

/** How many are selected is said before anything happens to them. */
export function SelectionBar({ count, onAll, onNone, onChoose, onMore, onSay }: SelectionBarProps): React.JSX.Element {
  const { classes } = useProject();
  return (
    <div className={styles.selection} data-selected={count > 0 || undefined} role="group" aria-label="Acts">
      <span aria-live="polite" className={styles.selectionCount}>
        {count === 0 ? 'This image' : `${formatCount(count)} selected`}
      </span>
      <button type="button" onClick={onChoose}>
        Decide as … <KeyCap name="e" />
      </button>
      {decisionBindings(classes, onSay)
        .filter(({ id }) => Object.hasOwn(SHORT, id))
        .map((binding) => (
          <button
            key={binding.id}
            type="button"
            data-act={binding.id}
            onClick={() => binding.run(new KeyboardEvent('keydown'))}
          >
            {SHORT[binding.id]} <KeyCap name={keysOf(binding)[0] ?? ''} />
          </button>
        ))}
      <span className={styles.spacer} />
      <button type="button" onClick={onMore} aria-haspopup="dialog">
        More … <KeyCap name="m" />
      </button>
      <button type="button" className={styles.ofList} onClick={onAll}>
        All of this list
      </button>
      <button type="button" className={styles.ofList} onClick={onNone} disabled={count === 0}>
        None
      </button>
    </div>
  );
}
