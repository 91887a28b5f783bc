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
import { read } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import { useProject } from '../../server/project';
import { claimOf } from './sheet-claims';
import styles from './sheets.module.css';

const SIZE = 60;

export interface SheetProps {
  readonly group: SheetGroupCount;
  /** Filters of its images. */
  readonly search: Readonly<Record<string, string>>;
  readonly isDoubtfulFirst: boolean;
  readonly onOrder: (isDoubtfulFirst: boolean) => void;
  readonly onSkip: () => void;
  readonly onStore: (rest: readonly ImageTile[], marked: readonly ImageTile[], millis: number) => void;
}

/** One sheet: arrows go, `X` marks an exception, `Enter` stores the rest. */
export function Sheet({ group, search, isDoubtfulFirst, onOrder, onSkip, onStore }: SheetProps): React.JSX.Element {
  const { classes } = useProject();
  const local = useSignal(localDecisions);
  const { tilePixels } = useSignal(preferences);
  const [round, setRound] = useState(0);
  const [excepted, setExcepted] = useState<ReadonlySet<string>>(new Set());
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  const { tiles, error } = useSheetTiles(search, isDoubtfulFirst, round);
  const open = tiles?.filter(({ sha256 }) => !local.has(sha256) && !passed.has(sha256)) ?? null;
  const shown = open?.slice(0, SIZE) ?? [];
  const begun = useRef(performance.now());
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLUListElement>(null);
  const first = shown[0]?.sha256;
  useEffect(() => {
    begun.current = performance.now();
    setAt(0);
    setExcepted(new Set());
  }, [first, round]);
  const toggle = (tile: ImageTile | undefined): void => {
    if (tile === undefined) return;
    const next = new Set(excepted);
    if (!next.delete(tile.sha256)) next.add(tile.sha256);
    setExcepted(next);
  };
  const marked = shown.filter(({ sha256 }) => excepted.has(sha256));
  const rest = shown.filter(({ sha256 }) => !excepted.has(sha256));
  const store = (): void => {
    if (shown.length === 0) return;
    // Exceptions stay undecided, and out of this group's sheets.
    setPassed(new Set([...passed, ...marked.map(({ sha256 }) => sha256)]));
    if (rest.length > 0) onStore(rest, marked, performance.now() - begun.current);
    setRound(round + 1);
  };
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
      { ...key('sheet.store', ['Enter'], 'the rest is right', store), isEverywhere: true },
      key('sheet.skip', ['n'], 'another group', onSkip),
    ],
  });
  if (error !== null) {
    return (
      <EmptyState title="The images cannot be listed now" isAlarm>
        <p>{error.message}</p>
      </EmptyState>
    );
  }
  const claim = claimOf(group, classes);
  return (
    <section className={styles.sheet} aria-label="Sheet" data-stage="">
      <header className={styles.bar}>
        <h2>
          <KindSign kind={group.kind} /> <bdi>{classes[group.given]}</bdi>
          {group.refined === null ? null : (
            <>
              {' '}
              <span className="soft">→</span> <bdi>{classes[group.refined]}</bdi>
            </>
          )}{' '}
          <span className="soft">{formatCount(open?.length ?? group.count)} undecided</span>
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
      {open === null ? (
        <p className="soft">Loading …</p>
      ) : shown.length === 0 ? (
        <EmptyState title="This group is done">
          <button type="button" onClick={onSkip}>
            Another group
          </button>
        </EmptyState>
      ) : (
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
              index={index}
              of={shown.length}
              isMarked={excepted.has(tile.sha256)}
              isCurrent={index === at}
              onFocus={() => setAt(index)}
              onToggle={() => toggle(tile)}
            />
          ))}
        </ul>
      )}
      <footer className={styles.foot}>
        <button type="button" className={styles.main} onClick={store} disabled={shown.length === 0}>
          <KeyCap name="Enter" /> {rest.length === shown.length ? `All ${shown.length}` : `The other ${rest.length}`}{' '}
          are right
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

interface SheetTileProps {
  readonly tile: ImageTile;
  readonly index: number;
  readonly of: number;
  readonly isMarked: boolean;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onToggle: () => void;
}

function SheetTile({ tile, index, of, isMarked, isCurrent, onFocus, onToggle }: SheetTileProps): React.JSX.Element {
  const pictureOf = usePictureSource();
  return (
    <li>
      <button
        type="button"
        aria-pressed={isMarked}
        tabIndex={isCurrent ? 0 : -1}
        aria-label={`Image ${index + 1} of ${of}: ${isMarked ? 'an exception' : 'as the others'}`}
        onFocus={onFocus}
        onClick={onToggle}
      >
        <img src={pictureOf(tile.sha256, 'square')} alt="" loading="lazy" />
      </button>
    </li>
  );
}

/** Twice a sheet, so that the next one is there when this one is stored. */
function useSheetTiles(
  search: SheetProps['search'],
  isDoubtfulFirst: boolean,
  round: number,
): { readonly tiles: readonly ImageTile[] | null; readonly error: Error | null } {
  const asked = { ...search, sort: 'doubt', descending: isDoubtfulFirst ? 1 : 0, from: 0, count: 3 * SIZE };
  const { data, error } = useQuery({
    queryKey: ['project', 'sheet', asked, round],
    queryFn: ({ signal }) => read('/api/images', { search: asked, signal }),
    placeholderData: (before) => before,
  });
  return { tiles: data?.tiles ?? null, error };
}
