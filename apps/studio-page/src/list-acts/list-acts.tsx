import type { ImageTile } from '@winnow/contracts';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { frameSearch, useAddress } from '../address/use-address';
import { Dialog } from '../keys/dialog';
import { KeyCap } from '../keys/key-cap';
import type { KeyBinding } from '../keys/key-layers';
import { keysOf } from '../keys/key-layers';
import { useKeys } from '../keys/use-keys';
import { notify } from '../parts/notices';
import { countOf, formatCount } from '../parts/numbers';
import { download } from '../server/client';
import { useProject } from '../server/project';
import type { Selection } from '../grid/selection';
import { countSelected } from '../grid/selection';
import type { TileSource } from '../grid/tile-source';
import { ForgetDialog, MAX_FORGOTTEN } from './forget-dialog';
import type { ImageQuery } from '../pages/images/image-query';
import { importList } from './import-list';
import { MAX_NAMED, selectionSearch } from './list-address';
import styles from './list-acts.module.css';

export interface ListActsProps {
  readonly source: TileSource;
  readonly query: ImageQuery;
  readonly selection: Selection;
  /** Shown, or not: the keys are there either way. */
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  /** The image that keys act on where nothing is selected. */
  readonly focused: () => ImageTile | undefined;
  readonly onLeaveOut: () => void;
}

/** What can be done with the images that are selected, or with the whole list, beside deciding; by keys, or from a dialog. */
export function ListActs(props: ListActsProps): React.JSX.Element {
  const { source, selection, isOpen, onOpen, onClose } = props;
  const [forgetting, setForgetting] = useState<readonly string[] | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const acts = useListActs(props, { onForget: setForgetting, onImport: () => chooser.current?.click() });
  useKeys({
    title: 'List',
    bindings: [{ id: 'list.more', keys: ['m'], says: 'more to do with them', run: onOpen }, ...acts],
  });
  const count = countSelected(selection);
  const title =
    count > 0 ? `${countOf(count, 'image')} selected` : `This list: ${countOf(source.facts.total ?? 0, 'image')}`;
  return (
    <>
      <input
        ref={chooser}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label="A list of corrections"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void importList(file);
          target.value = '';
        }}
      />
      {isOpen ? (
        <Dialog title={title} onClose={onClose} bindings={acts.map((act) => closing(act, onClose))}>
          <ul className={styles.acts}>
            {acts.map((act) => (
              <li key={act.id}>
                <button type="button" onClick={() => closing(act, onClose).run(new KeyboardEvent('keydown'))}>
                  <b>{act.title}</b>
                  <span className="soft">{act.explains}</span>
                  <KeyCap name={keysOf(act)[0] ?? ''} />
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      ) : null}
      {forgetting === null ? null : <ForgetDialog images={forgetting} onClose={() => setForgetting(null)} />}
    </>
  );
}

interface ListAct extends KeyBinding {
  readonly title: string;
  readonly explains: string;
}

function closing(act: ListAct, onClose: () => void): ListAct {
  const run: KeyBinding['run'] = (event) => {
    onClose();
    // After the dialog has given the focus back.
    setTimeout(() => act.run(event));
  };
  return { ...act, run };
}

function useListActs(
  { source, query, selection, focused, onLeaveOut }: ListActsProps,
  { onForget, onImport }: { readonly onForget: (images: readonly string[]) => void; readonly onImport: () => void },
): readonly ListAct[] {
  const navigate = useNavigate();
  const { file, person, isReadOnly } = useProject();
  const frame = frameSearch(useAddress().search);
  const withSearch = (use: (search: Readonly<Record<string, string>>) => unknown) => (): void => {
    const asked = selectionSearch(source, query, selection).then((search) => {
      if (search !== null) return use({ ...frame, ...search });
      const text = `An address names at most ${MAX_NAMED} images, or all of a list but ${MAX_NAMED}: select others, or filter.`;
      return notify({ text, isAlarm: true });
    });
    asked.catch((error: Error) => notify({ text: error.message, isAlarm: true }));
  };
  const forget = (): void => {
    const count = countSelected(selection);
    const one = focused();
    if (count > MAX_FORGOTTEN) {
      notify({ text: `At most ${formatCount(MAX_FORGOTTEN)} images are forgotten at once here.`, isAlarm: true });
    } else if (count > 0) {
      source
        .tiles(selection)
        .then((tiles) => onForget(tiles.map(({ sha256 }) => sha256)))
        .catch((error: Error) => notify({ text: error.message, isAlarm: true }));
    } else if (one !== undefined) onForget([one.sha256]);
  };
  const act = (id: string, key: string, title: string, explains: string, run: () => void): ListAct => {
    return { id: `list.${id}`, keys: [key], title, says: title.toLowerCase().replace(' …', ''), explains, run };
  };
  const open = (to: string) => withSearch((search) => navigate({ to, search: search as never }));
  const owner = [
    act('import', 'Shift+i', 'Import CSV …', `Decisions of a list that somebody edited, as winnow review ${file} --import takes it.`, onImport), // prettier-ignore
    act('forget', 'Shift+f', 'Forget …', 'Takes images out of the project for good; says first which data sets hold them.', forget), // prettier-ignore
  ];
  return [
    act('review', 'Shift+r', 'Open as review', 'One after the other, the most doubtful first.', open('/review/doubt')),
    act('sheets', 'Shift+s', 'Open as sheets', 'Sixty at once of which the split says the same.', open('/sheets')),
    act('map', 'Shift+m', 'On the map', 'Between clean, closed and open, to draw around some of them.', open('/map')),
    act('csv', 'Shift+l', 'List as CSV', 'What the split says of them and what is decided, for a spreadsheet; edited, it can be imported.', withSearch((search) => download('/api/list', search))), // prettier-ignore
    act(
      'leave-out',
      'Shift+b',
      'Leave out of builds',
      'The next build leaves them out, with their copies; undone as any decision.',
      onLeaveOut,
    ),
    ...(person.role === 'owner' && !isReadOnly ? owner : []),
  ];
}
