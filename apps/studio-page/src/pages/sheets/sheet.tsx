import type { ImageTile } from '@winnow/contracts';
import { useEffect, useRef, useState } from 'react';
import { KeyCap } from '../../keys/key-cap';
import { useKeys } from '../../keys/use-keys';
import { EmptyState } from '../../parts/empty-state';
import { KindSign } from '../../parts/kind-sign';
import { formatCount } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { preferences } from '../../parts/preferences';
import { useSignal } from '../../parts/signal';
import { Waiting } from '../../parts/waiting';
import { usePictureSource } from '../../server/picture-source';
import { useProject } from '../../server/project';
import { claimOf } from './sheet-claims';
import styles from './sheets.module.css';
import { useSheet } from './use-sheet';
import type { SheetProps, SheetState } from './use-sheet';

/** One sheet: arrows go, `X` marks an exception, `Enter` stores the rest. */
export function Sheet(props: SheetProps): React.JSX.Element {
  const { group, onSkip } = props;
  const { classes } = useProject();
  const sheet = useSheet(props);
  const { shown, undecided, marked, rest, error } = sheet;
  const unseen = shown.length - marked.length - rest.length;
  const claim = claimOf(group, classes);
  if (error !== null) {
    return (
      <EmptyState title="The images cannot be listed now" isAlarm isPart>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  return (
    <section className={styles.sheet} aria-label="Sheet" data-stage="">
      <SheetHead {...props} undecided={undecided ?? group.count} />
      <p className={styles.question}>
        {claim === 'open' ? (
          <>Do these show none of the classes?</>
        ) : (
          <>
            Do all of these show <b>{claim.slice('class:'.length)}</b>?
          </>
        )}{' '}
        <span className="soft">Mark those that do not: they stay undecided, for Review.</span>
      </p>
      {undecided === null ? (
        <Waiting />
      ) : shown.length === 0 ? (
        <EmptyState title="This group is done" isPart>
          <button type="button" onClick={onSkip}>
            Another group
          </button>
        </EmptyState>
      ) : (
        <Tiles sheet={sheet} onSkip={onSkip} />
      )}
      <footer className={styles.foot}>
        <button
          type="button"
          className={styles.main}
          onClick={sheet.store}
          disabled={rest.length + marked.length === 0}
        >
          <KeyCap name="Enter" /> {rest.length === shown.length ? `All ${shown.length}` : `The other ${rest.length}`}{' '}
          are right
        </button>
        <span role="status">
          {marked.length === 0 ? 'nothing marked' : `${marked.length} marked`} <KeyCap name="x" />
          {unseen === 0 ? '' : ` · not drawn, so undecided: ${unseen}`}
        </span>
        <button type="button" onClick={onSkip}>
          <KeyCap name="n" /> Another group
        </button>
      </footer>
    </section>
  );
}

function SheetHead({
  group: { kind, given, refined },
  isDoubtfulFirst,
  onOrder,
  undecided,
}: SheetProps & { readonly undecided: number }): React.JSX.Element {
  const { classes } = useProject();
  return (
    <header className={styles.bar}>
      <h2>
        <KindSign kind={kind} /> <bdi>{classes[given]}</bdi>
        {refined === null ? null : (
          <>
            {' '}
            <span className="soft">→</span> <bdi>{classes[refined]}</bdi>
          </>
        )}{' '}
        <span className="soft">{formatCount(undecided)} undecided</span>
      </h2>
      <label>
        first{' '}
        <select
          value={isDoubtfulFirst ? 'doubtful' : 'sure'}
          onChange={({ target }) => onOrder(target.value === 'doubtful')}
        >
          <option value="sure">the surest</option>
          <option value="doubtful">the most doubtful</option>
        </select>
      </label>
    </header>
  );
}

/** The images; one has the focus, arrows move it. */
function Tiles({ sheet, onSkip }: { readonly sheet: SheetState; readonly onSkip: () => void }): React.JSX.Element {
  const { shown, isMarked, toggle, see, store } = sheet;
  const { tilePixels } = useSignal(preferences);
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLUListElement>(null);
  const first = shown[0]?.sha256;
  useEffect(() => setAt(0), [first]);
  const move = (by: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, at + by));
    setAt(next);
    grid.current?.querySelectorAll<HTMLElement>('button')[next]?.focus();
  };
  const columns = (): number => {
    const [one, ...more] = [...(grid.current?.children ?? [])] as HTMLElement[];
    const next = more.findIndex(({ offsetTop }) => offsetTop !== one?.offsetTop);
    return next < 0 ? more.length + 1 : next + 1;
  };
  const key = (id: string, keys: readonly string[], says: string, run: () => void) => ({ id, keys, says, run });
  useKeys({
    title: 'Sheet',
    bindings: [
      key('sheet.left', ['ArrowLeft'], 'one to the left', () => move(-1)),
      key('sheet.right', ['ArrowRight'], 'one to the right', () => move(1)),
      key('sheet.up', ['ArrowUp'], 'one row up', () => move(-columns())),
      key('sheet.down', ['ArrowDown'], 'one row down', () => move(columns())),
      key('sheet.mark', ['x'], 'mark as an exception', () => toggle(shown[at])),
      key('sheet.store', ['Enter'], 'the rest is right', store),
      key('sheet.skip', ['n'], 'another group', onSkip),
    ],
  });
  return (
    <ul
      ref={grid}
      className={styles.tiles}
      style={{ '--tile': `${tilePixels}px` } as React.CSSProperties}
      aria-label={`${shown.length} images`}
    >
      {shown.map((tile, index) => (
        <SheetTile
          key={tile.sha256}
          tile={tile}
          words={`Image ${index + 1} of ${shown.length}: ${isMarked(tile) ? 'an exception' : 'as the others'}`}
          isMarked={isMarked(tile)}
          isCurrent={index === at}
          onFocus={() => setAt(index)}
          onToggle={() => toggle(tile)}
          onStore={store}
          onSeen={() => see(tile)}
        />
      ))}
    </ul>
  );
}

interface SheetTileProps {
  readonly tile: ImageTile;
  readonly words: string;
  readonly isMarked: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onToggle: () => void;
  readonly onStore: () => void;
  /** It is drawn. */
  readonly onSeen: () => void;
}

/** A button whose `Enter` is that of the sheet; `Space` and a click mark it. */
function SheetTile({ tile, words, isMarked, isCurrent, ...on }: SheetTileProps): React.JSX.Element {
  const pictureOf = usePictureSource();
  return (
    <li>
      <button
        type="button"
        aria-pressed={isMarked}
        tabIndex={isCurrent ? 0 : -1}
        aria-label={words}
        onFocus={on.onFocus}
        onClick={on.onToggle}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          // A held key does not decide of images that nobody has seen yet.
          if (!event.repeat) on.onStore();
        }}
      >
        <Picture source={pictureOf(tile.sha256, 'square')} alt="" loading="lazy" onLoad={on.onSeen} />
      </button>
    </li>
  );
}
