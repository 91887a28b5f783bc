import type { RefObject } from 'react';
import { useRef } from 'react';
import type { Saying } from '../../decisions/decide-acts';
import { decisionBindings } from '../../decisions/decide-acts';
import type { GridMove } from '../../grid/grid-geometry';
import type { GridView } from '../../grid/grid-view';
import type { Selection } from '../../grid/selection';
import { addRange, everything, NOTHING, toggle } from '../../grid/selection';
import type { KeyBinding } from '../../keys/key-layers';
import { useKeys } from '../../keys/use-keys';
import { changePreferences, preferences } from '../../parts/preferences';

const MOVES: readonly (readonly [key: string, move: GridMove, says: string])[] = [
  ['ArrowLeft', 'left', 'image before'],
  ['ArrowRight', 'right', 'next image'],
  ['ArrowUp', 'up', 'image above'],
  ['ArrowDown', 'down', 'image below'],
  ['Home', 'row-start', 'first of the row'],
  ['End', 'row-end', 'last of the row'],
  ['Ctrl+Home', 'start', 'first of the list'],
  ['Ctrl+End', 'end', 'last of the list'],
  ['PageUp', 'page-up', 'a page up'],
  ['PageDown', 'page-down', 'a page down'],
];
const TILE_SIZES = [64, 88, 112, 144, 184, 232];

interface GridActs {
  readonly view: RefObject<GridView | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly active: RefObject<{ readonly index: number }>;
  readonly selection: Selection;
  readonly setSelection: (selection: Selection) => void;
  readonly classes: readonly string[];
  /** An image is open beside the grid. */
  readonly isOpen: boolean;
  readonly open: (index: number) => void;
  readonly close: () => void;
  readonly choose: () => void;
  readonly say: (saying: Saying, words: string) => void;
}

/** The keys of the grid. @returns selects by the mouse, from the same anchor */
export function useGridKeys(acts: GridActs): (index: number, isRange: boolean) => void {
  const { view, scroller, active, selection, setSelection, classes, isOpen } = acts;
  /** Where a range began, and what was selected before it. */
  const range = useRef<{ readonly from: number; readonly before: Selection } | null>(null);
  const extend = (to: number): void => {
    range.current ??= { from: active.current.index, before: selection };
    const { from, before } = range.current;
    setSelection(addRange(before, Math.min(from, to), Math.max(from, to) + 1));
  };
  const move = (step: GridMove): void => {
    range.current = null;
    view.current?.move(step);
    scroller.current?.focus({ preventScroll: true });
  };
  const moves = MOVES.map(([key, step, says]): KeyBinding => {
    return { id: `grid.${step}`, keys: [key], says, run: () => move(step) };
  });
  const ranges = MOVES.filter(([key]) => key.startsWith('Arrow')).map(([key, step, says]): KeyBinding => {
    const run = (): void => {
      range.current ??= { from: active.current.index, before: selection };
      const to = view.current?.move(step);
      if (to !== undefined) extend(to);
    };
    return { id: `grid.select-${step}`, keys: [`Shift+${key}`], says: `select to the ${says}`, run };
  });
  const bind = (id: string, keys: readonly string[], says: string, run: () => void): KeyBinding => ({
    id,
    keys,
    says,
    run,
  });
  const leave = (): void => {
    if (isOpen) acts.close();
    else setSelection(NOTHING);
  };
  const resize = (step: number): void => {
    const at = TILE_SIZES.findIndex((size) => size >= preferences.get().tilePixels);
    const size = TILE_SIZES[Math.min(Math.max(at + step, 0), TILE_SIZES.length - 1)];
    if (size !== undefined) changePreferences({ tilePixels: size });
  };
  useKeys({
    title: 'Images',
    bindings: [
      ...moves,
      ...ranges,
      bind('grid.select', ['Space'], 'select', () => setSelection(toggle(selection, active.current.index))),
      bind('grid.all', ['Ctrl+a'], 'select the whole list', () => {
        setSelection(everything(view.current?.layout.total ?? 0));
      }),
      bind('grid.open', ['Enter'], 'open', () => acts.open(active.current.index)),
      bind('grid.leave', ['Escape'], isOpen ? 'close the image' : 'select nothing', leave),
      bind('grid.larger', ['+', '='], 'larger', () => resize(1)),
      bind('grid.smaller', ['-'], 'smaller', () => resize(-1)),
      bind('grid.decide', ['e', 'f'], 'decide: find a class', acts.choose),
      ...decisionBindings(classes, acts.say),
    ],
  });
  return (index, isRange) => {
    if (isRange) extend(index);
    else {
      range.current = null;
      setSelection(toggle(selection, index));
    }
  };
}
