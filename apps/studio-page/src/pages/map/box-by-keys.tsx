import { useEffect, useState } from 'react';
import type { KeyBinding } from '../../keys/key-layers';
import { useKeys } from '../../keys/use-keys';
import type { Point, Size } from './map-view';

interface BoxByKeysProps {
  readonly size: Size;
  /** The first corner, once it is set, and the one that moves. */
  readonly onMove: (corners: readonly Point[]) => void;
  readonly onDone: (corners: readonly [Point, Point]) => void;
  readonly onCancel: () => void;
}

const STEP = 8;
const FAR = 64;
const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A box without a mouse, as good as the lasso: a corner, arrows, the other corner. It begins in the middle. */
export function BoxByKeys({ size, onMove, onDone, onCancel }: BoxByKeysProps): React.JSX.Element {
  const [first, setFirst] = useState<Point | null>(null);
  const [at, setAt] = useState<Point>([size.width / 2, size.height / 2]);
  useEffect(() => onMove(first === null ? [at] : [first, at]), [first, at, onMove]);
  const go = ([x, y]: Point, step: number): void =>
    setAt(([atX, atY]) => [
      Math.max(0, Math.min(size.width, atX + x * step)),
      Math.max(0, Math.min(size.height, atY + y * step)),
    ]);
  const set = (): void => (first === null ? setFirst(at) : onDone([first, at]));
  const moves = Object.entries(DIRECTIONS).flatMap(([key, direction]): KeyBinding[] => [
    { id: `map.box.${key}`, keys: [key], says: 'move the corner', run: () => go(direction, STEP) },
    { id: `map.box.far.${key}`, keys: [`Shift+${key}`], says: 'move it far', run: () => go(direction, FAR) },
  ]);
  useKeys({
    title: 'Box on the map',
    bindings: [
      ...moves,
      { id: 'map.box.set', keys: ['l', 'Enter', 'Space'], says: 'set this corner', run: set },
      { id: 'map.box.cancel', keys: ['Escape'], says: 'no box', run: onCancel },
    ],
  });
  return (
    <p role="status">
      {first === null ? 'A box: arrows move its first corner' : 'Arrows move the corner opposite'} (Shift: far), Enter
      sets it, Esc ends it.
    </p>
  );
}
