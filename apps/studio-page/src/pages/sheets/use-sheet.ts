import type { ImageTile, SheetGroupCount } from '@winnow/contracts';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { localDecisions } from '../../decisions/decision-queue';
import { useSignal } from '../../parts/signal';
import { read, WHILE_PASSING } from '../../server/client';

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

export interface SheetState {
  readonly shown: readonly ImageTile[];
  /** Of the group, as far as they were listed; null before that. */
  readonly undecided: number | null;
  readonly marked: readonly ImageTile[];
  /** Of those shown: seen, and no exceptions. */
  readonly rest: readonly ImageTile[];
  readonly error: Error | null;
  isMarked(tile: ImageTile): boolean;
  toggle(tile: ImageTile | undefined): void;
  /** Its image is drawn. */
  see(tile: ImageTile): void;
  /** Exceptions, and what could not be seen, stay undecided and out of the next sheets of the group. */
  store(): void;
}

export function useSheet({ group, search, isDoubtfulFirst, onStore }: SheetProps): SheetState {
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
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const see = ({ sha256 }: ImageTile): void => setSeen((before) => new Set([...before, sha256]));
  const marked = shown.filter(({ sha256 }) => excepted.has(sha256));
  const rest = shown.filter(({ sha256 }) => seen.has(sha256) && !excepted.has(sha256));
  const toggle = (tile: ImageTile | undefined): void => {
    if (tile === undefined) return;
    const next = new Set(excepted);
    if (!next.delete(tile.sha256)) next.add(tile.sha256);
    setExcepted(next);
  };
  const store = (): void => {
    if (rest.length + marked.length === 0) return;
    const decided = new Set(rest);
    setPassed(new Set([...passed, ...shown.filter((tile) => !decided.has(tile)).map(({ sha256 }) => sha256)]));
    setExcepted(new Set());
    if (rest.length > 0) onStore({ rest, marked, millis: performance.now() - begun.current });
    setRound(round + 1);
  };
  const undecided = open === null ? null : open.length < 3 * SIZE - passed.size ? open.length : group.count;
  const isMarked = ({ sha256 }: ImageTile): boolean => excepted.has(sha256);
  return { shown, undecided, marked, rest, error, isMarked, toggle, see, store };
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
