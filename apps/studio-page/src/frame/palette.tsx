import { useNavigate } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';
import { frameSearch, useAddress } from '../address/use-address';
import { Dialog } from '../keys/dialog';
import { KeyCap } from '../keys/key-cap';
import { keyLayers, keysOf } from '../keys/key-layers';
import { PAGES } from '../pages';
import { changePreferences } from '../parts/preferences';
import { useSignal } from '../parts/signal';
import { useProject } from '../server/project';
import styles from './palette.module.css';

interface Entry {
  readonly title: string;
  readonly group: string;
  readonly key?: string;
  run(): void;
}

const SHOWN = 12;

/** `Ctrl+K`: type a part of a page, class or act, `Enter`. A combobox as the ARIA practices describe it. */
export function Palette({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const entries = useEntries();
  const found = useMemo(() => findEntries(entries, text), [entries, text]);
  const choose = (entry: Entry | undefined): void => {
    onClose();
    // After the dialog has given the focus back.
    if (entry !== undefined) setTimeout(() => entry.run());
  };
  const move = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((active + step + found.length) % Math.max(found.length, 1));
    else if (event.key === 'Enter') choose(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose} isBare>
      <input
        type="text"
        className={styles.input}
        role="combobox"
        aria-label="Page, class or act"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length === 0 ? undefined : `${list}-${active}`}
        aria-autocomplete="list"
        placeholder="Page, class or act …"
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
        {found.map((entry, index) => (
          <li
            key={`${entry.group} ${entry.title}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(entry)}
          >
            <bdi>{entry.title}</bdi>
            <span className={styles.group}>{entry.group}</span>
            {entry.key === undefined ? null : <KeyCap name={entry.key} />}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="soft">Nothing is called so.</p> : null}
    </Dialog>
  );
}

function useEntries(): readonly Entry[] {
  const navigate = useNavigate();
  const { classes } = useProject();
  const { search } = useAddress();
  const layers = useSignal(keyLayers);
  const go = (to: string, more: Record<string, string> = {}): void =>
    void navigate({ to, search: { ...frameSearch(search), ...more } as never });
  const pages = PAGES.filter(({ isHidden }) => isHidden !== true).map(({ title, path }) => ({
    title,
    group: 'page',
    run: () => go(path),
  }));
  const acts = layers
    .filter(({ isModal }) => isModal !== true)
    .flatMap(({ bindings }) => bindings)
    .filter(({ id, release }) => id !== 'frame.palette' && release === undefined)
    .map((binding) => ({
      title: binding.says,
      group: 'act',
      key: keysOf(binding)[0] as string,
      run: () => binding.run(new KeyboardEvent('keydown')),
    }));
  const ofClasses = classes.map((name) => ({
    title: name,
    group: 'class',
    run: () => go('/pictures', { given: name.replace(/[\\,]/g, '\\$&') }),
  }));
  const themes = (['system', 'light', 'dark'] as const).map((theme) => ({
    title: theme === 'system' ? 'colours of the system' : `${theme} colours`,
    group: 'theme',
    run: () => changePreferences({ theme }),
  }));
  return [...pages, ...acts, ...ofClasses, ...themes];
}

/** Those that begin so first, then those that hold it. */
function findEntries(entries: readonly Entry[], text: string): readonly Entry[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ title }: Entry): number => {
    const at = title.toLowerCase().indexOf(wanted);
    return at < 0 ? Infinity : Math.min(at, 1);
  };
  return entries
    .map((entry) => ({ entry, order: rank(entry) }))
    .filter(({ order }) => order < Infinity)
    .sort((a, b) => a.order - b.order)
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
}
