import type { ImageTile, SheetGroupCount } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { localDecisions } from '../../decisions/decision-queue';
import { KeyCap } from '../../keys/key-cap';
import { useKeys } from '../../keys/use-keys';
import { EmptyState } from '../../parts/empty-state';
import { KindSign } from '../../parts/kind-sign';
import { formatCount } from '../../parts/numbers';
import { preferences } from '../../parts/preferences';
import { useSignal } from '../../parts/signal';
import { Waiting } from '../../parts/waiting';
import { read, WHILE_PASSING } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import { useProject } from '../../server/project';
import { claimOf } from './sheet-claims';
import styles from './sheets.module.css';

const SIZE = 60;

/** What was looked at at once. */
export interface StoredSheet {
  /** At least one. */
  readonly rest: readonly ImageTile[];
  readonly marked: readonly ImageTile[];
  readonly millis: number;
}

export interface SheetProps {
  readonly group: SheetGroupCount;
  /** Filters of its images. */
  readonly search: Readonly<Record<string, string>>;
  readonly isDoubtfulFirst: boolean;
  readonly onOrder: (isDoubtfulFirst: boolean) => void;
  readonly onSkip: () => void;
  readonly onStore: (sheet: StoredSheet) => void;
}

/** One sheet: arrows go, `X` marks an exception, `Enter` stores the rest. */
export function Sheet(props: SheetProps): React.JSX.Element {
  const { group, onSkip } = props;
  const { classes } = useProject();
  const sheet = useSheet(props);
  const { shown, undecided, marked, error } = sheet;
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
        <button type="button" className={styles.main} onClick={sheet.store} disabled={shown.length === 0}>
          <KeyCap name="Enter" />{' '}
          {marked.length === 0 ? `All ${shown.length}` : `The other ${shown.length - marked.length}`} are right
        </button>
        <span role="status">
          {marked.length === 0 ? 'nothing marked' : `${marked.length} marked`} <KeyCap name="x" />
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

interface SheetState {
  readonly shown: readonly ImageTile[];
  /** Of the group, as far as they were listed; null before that. */
  readonly undecided: number | null;
  readonly marked: readonly ImageTile[];
  readonly error: Error | null;
  isMarked(tile: ImageTile): boolean;
  toggle(tile: ImageTile | undefined): void;
  /** Exceptions stay undecided, and out of the next sheets of the group. */
  store(): void;
}

function useSheet({ group, search, isDoubtfulFirst, onStore }: SheetProps): SheetState {
  const local = useSignal(localDecisions);
  const [round, setRound] = useState(0);
  const [excepted, setExcepted] = useState<ReadonlySet<string>>(new Set());
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  const { tiles, isWhole, error } = useSheetTiles(search, isDoubtfulFirst, round);
  const open = tiles?.filter(({ sha256 }) => !local.has(sha256) && !passed.has(sha256)) ?? null;
  const shown = useUnextended(open ?? [], { round, isWhole });
  const begun = useRef(performance.now());
  useEffect(() => {
    begun.current = performance.now();
  }, [round, shown.length > 0]);
  const marked = shown.filter(({ sha256 }) => excepted.has(sha256));
  const toggle = (tile: ImageTile | undefined): void => {
    if (tile === undefined) return;
    const next = new Set(excepted);
    if (!next.delete(tile.sha256)) next.add(tile.sha256);
    setExcepted(next);
  };
  const store = (): void => {
    if (shown.length === 0) return;
    const rest = shown.filter(({ sha256 }) => !excepted.has(sha256));
    setPassed(new Set([...passed, ...marked.map(({ sha256 }) => sha256)]));
    setExcepted(new Set());
    if (rest.length > 0) onStore({ rest, marked, millis: performance.now() - begun.current });
    setRound(round + 1);
  };
  const undecided = open === null ? null : open.length < 3 * SIZE - passed.size ? open.length : group.count;
  const isMarked = ({ sha256 }: ImageTile): boolean => excepted.has(sha256);
  return { shown, undecided, marked, error, isMarked, toggle, store };
}

/**
 * The first sheet of what is open. What others decide meanwhile goes, what is taken back comes again in its place, but nothing moves
 * up from behind: who has looked at all would decide of it unseen.
 */
function useUnextended(
  open: readonly ImageTile[],
  { round, isWhole }: { readonly round: number; readonly isWhole: boolean },
): readonly ImageTile[] {
  const sheet = useRef<{ readonly round: number; readonly images: ReadonlySet<string> }>({
    round: -1,
    images: new Set(),
  });
  const { images } = sheet.current;
  const end = sheet.current.round === round ? open.findLastIndex(({ sha256 }) => images.has(sha256)) + 1 : 0;
  const shown = open.slice(0, Math.min(SIZE, end === 0 ? SIZE : end));
  if (end === 0 && shown.length > 0 && (isWhole || shown.length === SIZE)) {
    sheet.current = { round, images: new Set(shown.map(({ sha256 }) => sha256)) };
  }
  return shown;
}

/** The images; one has the focus, arrows move it. */
function Tiles({ sheet, onSkip }: { readonly sheet: SheetState; readonly onSkip: () => void }): React.JSX.Element {
  const { shown, isMarked, toggle, store } = sheet;
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
        <img src={pictureOf(tile.sha256, 'square')} alt="" loading="lazy" />
      </button>
    </li>
  );
}

/** Three sheets, so that the next one is there when this one is stored. */
function useSheetTiles(
  search: SheetProps['search'],
  isDoubtfulFirst: boolean,
  round: number,
): { readonly tiles: readonly ImageTile[] | null; readonly isWhole: boolean; readonly error: Error | null } {
  const asked = {
    ...search,
    sort: 'doubt',
    descending: isDoubtfulFirst ? 1 : 0,
    from: 0,
    count: 3 * SIZE,
    unplanned: 1,
  };
  const { data, error, isPlaceholderData } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['project', 'sheet', asked, round],
    queryFn: ({ signal }) => read('/api/images', { search: asked, signal }),
    placeholderData: (before) => before,
  });
  return { tiles: data?.tiles ?? null, isWhole: !isPlaceholderData, error };
}
