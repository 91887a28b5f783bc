import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { stringifySearch } from '../address/codec';
import { frameSearch, useAddress } from '../address/use-address';
import { Dialog } from '../keys/dialog';
import { notify } from '../parts/notices';
import { Waiting } from '../parts/waiting';
import { filterWords } from '../pages/images/image-query';
import { useProject } from '../server/project';
import type { SavedView } from './use-views';
import { removeView, renameView, saveView, useViews, viewAddress, viewSearch } from './use-views';
import styles from './views-dialog.module.css';

interface ViewsDialogProps {
  /** Filters and order of the list that is shown. */
  readonly search: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}

/** Saves the list that is shown under a name, opens, renames and deletes saved ones, and copies addresses. */
export function ViewsDialog({ search, onClose }: ViewsDialogProps): React.JSX.Element {
  const { person, isReadOnly } = useProject();
  const views = useViews();
  const { search: address } = useAddress();
  const navigate = useNavigate();
  const canChange = person.role === 'owner' && !isReadOnly;
  const shown = viewAddress(search);
  const open = (view: SavedView): void => {
    onClose();
    void navigate({ to: '/pictures', search: { ...frameSearch(address), ...viewSearch(view) } as never });
  };
  const copy = (text: string): void => void copyAddress(text);
  return (
    <Dialog title="Saved views" onClose={onClose}>
      <div className={styles.dialog}>
        {canChange ? <SaveForm onSave={(name) => saveView(name, shown)} /> : null}
        <p className={styles.line}>
          <button
            type="button"
            onClick={() => copy(`/pictures${stringifySearch({ ...frameSearch(address), ...search })}`)}
          >
            Copy the address of this list
          </button>
          <span className="soft">Whoever may open this studio sees the same list by it.</span>
        </p>
        {views === undefined ? (
          <Waiting />
        ) : views.length === 0 ? (
          <p className="soft">No list has a name yet.</p>
        ) : (
          <ul className={styles.views} aria-label="Saved views">
            {views.map((view) => (
              <ViewLine
                key={view.name}
                view={view}
                isShown={view.address === shown}
                canChange={canChange}
                onOpen={() => open(view)}
                onCopy={() => copy(view.address)}
              />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

async function copyAddress(address: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(`${location.origin}${address}`);
    notify({ text: 'The address is copied.' });
  } catch {
    notify({ text: `The browser does not let it be copied: ${location.origin}${address}`, isAlarm: true });
  }
}

function SaveForm({ onSave }: { readonly onSave: (name: string) => Promise<boolean> }): React.JSX.Element {
  const [name, setName] = useState('');
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void onSave(name.trim()).then((isSaved) => (isSaved ? setName('') : undefined));
      }}
    >
      <label>
        Save this list as{' '}
        <input
          type="text"
          data-focus-first=""
          autoComplete="off"
          maxLength={100}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <button type="submit" disabled={name.trim() === ''}>
        Save
      </button>
    </form>
  );
}

interface ViewLineProps {
  readonly view: SavedView;
  /** It is the list that is shown. */
  readonly isShown: boolean;
  readonly canChange: boolean;
  readonly onOpen: () => void;
  readonly onCopy: () => void;
}

function ViewLine({ view, isShown, canChange, onOpen, onCopy }: ViewLineProps): React.JSX.Element {
  const [isRenaming, setRenaming] = useState(false);
  const { name, person, address } = view;
  return (
    <li aria-current={isShown ? 'true' : undefined}>
      {isRenaming ? (
        <RenameField
          name={name}
          onLeave={() => setRenaming(false)}
          onRename={(next) => void renameView(view, next).then((isRenamed) => setRenaming(!isRenamed))}
        />
      ) : (
        <button type="button" className={styles.open} onClick={onOpen}>
          <bdi>{name}</bdi>
          <span className="soft">
            {listWords(address)} · <bdi>{person}</bdi>
            {isShown ? ' · shown now' : ''}
          </span>
        </button>
      )}
      <span className={styles.acts}>
        <button type="button" onClick={onCopy}>
          Copy address<span className="unseen"> of {name}</span>
        </button>
        {canChange && !isRenaming ? (
          <>
            <button type="button" onClick={() => setRenaming(true)}>
              Rename<span className="unseen"> {name}</span>
            </button>
            <button type="button" onClick={() => void removeView(view)}>
              Delete<span className="unseen"> {name}</span>
            </button>
          </>
        ) : null}
      </span>
    </li>
  );
}

function RenameField({
  name,
  onRename,
  onLeave,
}: {
  readonly name: string;
  readonly onRename: (name: string) => void;
  readonly onLeave: () => void;
}): React.JSX.Element {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const next = String(new FormData(event.currentTarget).get('name') ?? '').trim();
        if (next === '' || next === name) onLeave();
        else onRename(next);
      }}
    >
      <input
        type="text"
        name="name"
        defaultValue={name}
        autoFocus
        maxLength={100}
        onFocus={({ target }) => target.select()}
        aria-label={`Another name of ${name}`}
      />
      <button type="submit">Rename</button>
    </form>
  );
}

/** `kind closed, doubt .4 – ` */
function listWords(address: string): string {
  const filters = Object.entries(viewSearch({ address })).map(([name, text]) => `${name} ${filterWords(name, text)}`);
  return filters.length === 0 ? 'all images' : filters.join(', ');
}
