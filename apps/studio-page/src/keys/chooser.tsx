import { useId, useMemo, useState } from 'react';
import styles from './chooser.module.css';
import { Dialog } from './dialog';
import { KeyCap } from './key-cap';

export interface Choice {
  /** Tells it from others of the list. */
  readonly id: string;
  readonly title: string;
  /** What sort of thing it is. */
  readonly group: string;
  readonly key?: string;
  run(): void;
}

interface ChooserProps {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  readonly onClose: () => void;
}

const SHOWN = 12;

/** Type a part of a name, `Enter`: a combobox as the ARIA practices describe it, in a dialog. */
export function Chooser({ title, placeholder, choices, onClose }: ChooserProps): React.JSX.Element {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const found = useMemo(() => findChoices(choices, text), [choices, text]);
  const choose = (choice: Choice | undefined): void => {
    onClose();
    // After the dialog has given the focus back.
    if (choice !== undefined) setTimeout(() => choice.run());
  };
  const move = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((active + step + found.length) % Math.max(found.length, 1));
    else if (event.key === 'Enter') choose(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={title} onClose={onClose} isBare>
      <input
        type="text"
        className={styles.input}
        role="combobox"
        aria-label={placeholder}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length === 0 ? undefined : `${list}-${active}`}
        aria-autocomplete="list"
        placeholder={`${placeholder} …`}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        value={text}
        onKeyDown={move}
        onChange={({ target }) => {
          setText(target.value);
          setActive(0);
        }}
      />
      <ul id={list} role="listbox" aria-label="Found" className={styles.list}>
        {found.map((choice, index) => (
          <li
            key={choice.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(choice)}
          >
            <bdi>{choice.title}</bdi>
            <span className={styles.group}>{choice.group}</span>
            {choice.key === undefined ? null : <KeyCap name={choice.key} />}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="soft">Nothing is called so.</p> : null}
    </Dialog>
  );
}

/** Those that begin so first, then those that hold it. */
function findChoices(choices: readonly Choice[], text: string): readonly Choice[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ title }: Choice): number => {
    const at = title.toLowerCase().indexOf(wanted);
    return at < 0 ? Infinity : Math.min(at, 1);
  };
  return choices
    .map((choice) => ({ choice, order: rank(choice) }))
    .filter(({ order }) => order < Infinity)
    .sort((a, b) => a.order - b.order)
    .slice(0, SHOWN)
    .map(({ choice }) => choice);
}
